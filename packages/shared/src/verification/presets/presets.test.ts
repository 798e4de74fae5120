import { readdirSync } from 'node:fs'
import { describe, it } from 'vitest'
import { preset as presetSchema, type Preset } from '../../contracts/preset.ts'
import { sampleEvent, senderGuide } from '../../contracts/sender-guide.ts'
import { alternativeSecretFor, type PresetSecret, secretFor } from '../../testing/preset-secrets.ts'
import { signSample } from '../../testing/sign-sample.ts'
import { readEventFacts } from '../event-facts.ts'
import { parseBody } from '../parsed-body.ts'
import type { SignedRequest } from '../types.ts'
import { verify } from '../verify.ts'
import { findSenderNotes, type SenderNotes } from './guides.ts'
import { findPreset, PRESETS } from './index.ts'

const AT = 1_760_000_000
const files = readdirSync(import.meta.dirname)
  .flatMap((file) => (file.endsWith('.ts') && !file.endsWith('.test.ts') ? file.slice(0, -3) : []))
  .filter((name) => !['families', 'guides', 'index'].includes(name))

/** Senders of two kinds of bodies, of which the sample’s has no id. */
const SAMPLES_WITHOUT_ID = new Set(['quickbooks'])

function notesOf(preset: Preset): SenderNotes {
  const notes = findSenderNotes(preset.id)
  if (notes === undefined) throw new Error(`${preset.id} is not among the guides`)
  return notes
}

function judge(preset: Preset, request: SignedRequest, { configure, settings, fetchKey }: PresetSecret) {
  const { url, rawBody } = request
  const secrets = configure === null ? [] : [{ label: 'current' as const, secret: configure }]
  const [method = 'POST'] = preset.methods
  return verify({
    preset,
    method,
    url,
    headers: new Headers(request.headers),
    rawBody,
    secrets,
    settings,
    now: AT * 1000,
    fetchKey,
  })
}

/** The request with its last digit or letter changed: JSON stays JSON. */
function withOtherBody({ rawBody, ...request }: SignedRequest): SignedRequest {
  const changed = rawBody.slice()
  const place = changed.findLastIndex((byte) => /[0-9a-z]/i.test(String.fromCharCode(byte)))
  changed[place]! ^= 1
  return { ...request, rawBody: changed }
}

describe('the presets', () => {
  it('are one a file, named like it, each registered once', ({ expect }) => {
    expect(PRESETS.map(({ id }) => id).toSorted()).toEqual(files.toSorted())
    for (const preset of PRESETS) expect(findPreset(preset.id), preset.id).toBe(preset)
  })

  it('have guides and samples under the same ids, and no others do', ({ expect }) => {
    for (const { id } of PRESETS) expect(findSenderNotes(id), id).toBeDefined()
    expect(findSenderNotes('no-such-sender')).toBeUndefined()
  })
})

describe.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s', (_, preset) => {
  it('is a preset, with a guide and a sample, of the agreed shape', ({ expect }) => {
    expect(presetSchema.parse(preset)).toEqual(preset)
    expect(senderGuide.parse(notesOf(preset).guide)).toEqual(notesOf(preset).guide)
    expect(sampleEvent.parse(notesOf(preset).sample)).toEqual(notesOf(preset).sample)
  })

  it('says so where the body is not covered', ({ expect }) => {
    const { cautions } = notesOf(preset).guide
    expect(preset.bodyAuthenticated || cautions.length > 0).toBe(true)
  })

  it('believes its sample once signed, and with another key never', async ({ expect }) => {
    const secret = await secretFor(preset)
    const request = await signSample(preset, secret, { timestamp: AT })
    expect(await judge(preset, request, secret)).toMatchObject({ ok: true })
    if (preset.verification.scheme === 'none') return
    expect((await judge(preset, request, await secretFor(preset))).ok).toBe(false)
  })

  it('refuses its sample with one character changed, where the body is covered', async ({ expect }) => {
    const secret = await secretFor(preset)
    const request = withOtherBody(await signSample(preset, secret, { timestamp: AT }))
    expect(preset.bodyAuthenticated && (await judge(preset, request, secret)).ok).toBe(false)
  })

  it('finds the id and the type in its sample, where it has them', async ({ expect }) => {
    const secret = await secretFor(preset)
    const { url, headers, rawBody } = await signSample(preset, secret, { timestamp: AT })
    const verdict = await judge(preset, { url, headers, rawBody }, secret)
    const body = await parseBody(notesOf(preset).sample.contentType, rawBody)
    const claims = verdict.ok ? verdict.value.claims : undefined
    const facts = readEventFacts(preset, { body, headers: new Headers(headers), url, claims })
    expect(facts).toEqual({
      eventId: preset.eventId === null || SAMPLES_WITHOUT_ID.has(preset.id) ? null : expect.any(String),
      type: preset.eventType === null ? null : expect.any(String),
    })
  })

  it('believes a sample signed in its other way, where the public key for it is configured', async ({ expect }) => {
    const secret = await alternativeSecretFor(preset)
    if (secret === undefined) return
    const request = await signSample(preset, secret, { timestamp: AT })
    expect(await judge(preset, request, secret)).toMatchObject({ ok: true })
    expect((await judge(preset, withOtherBody(request), secret)).ok).toBe(false)
    expect((await judge(preset, request, await secretFor(preset))).ok).toBe(false)
  })
})
