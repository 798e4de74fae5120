import { describe, it } from 'vitest'
import { alternativeSecretFor, secretFor } from '../../../testing/preset-secrets.ts'
import type { Preset } from '../../../contracts/preset.ts'
import { toBase64, utf8 } from '../../../core/bytes.ts'
import { preset as bigcommerce } from '../../presets/bigcommerce.ts'
import { preset as polar } from '../../presets/polar.ts'
import { preset as standardWebhooks } from '../../presets/standard-webhooks.ts'
import { preset as svix } from '../../presets/svix.ts'
import { sign } from '../../sign.ts'
import type { SignedRequest, SigningSecret } from '../../types.ts'
import { beginVerify, verify } from '../../verify.ts'

const AT = 1_760_000_000
const EVENT = { method: 'POST', url: 'https://ingress.example.test/webhooks/x', contentType: 'application/json', settings: {} }
const BODY = utf8('{"type":"contact.created"}')

function signWith(preset: Preset, secrets: readonly string[]) {
  const headers = { 'webhook-id': 'msg_1', 'svix-id': 'msg_1' }
  return sign({ preset, ...EVENT, rawBody: BODY, headers, secrets, timestamp: AT })
}

function input(preset: Preset, { url, headers }: SignedRequest, ...configured: string[]) {
  const secrets = configured.map((secret, i): SigningSecret => ({ label: i === 0 ? 'current' : 'previous', secret }))
  const { method, settings } = EVENT
  return {
    preset,
    method,
    url,
    headers: new Headers(headers),
    secrets,
    settings,
    now: AT * 1000,
    fetchKey: async () => undefined,
  }
}

async function outcome(preset: Preset, request: SignedRequest, ...configured: string[]) {
  const verdict = await verify({ ...input(preset, request, ...configured), rawBody: request.rawBody })
  return verdict.ok ? verdict.value.secret : verdict.error
}

describe.each([
  ['standard-webhooks', standardWebhooks],
  ['svix', svix],
] as const)('symmetric and asymmetric signatures of %s', (_, preset) => {
  it('are each believed under their own kind of key only', async ({ expect }) => {
    const symmetric = await secretFor(preset)
    const asymmetric = (await alternativeSecretFor(preset))!
    const v1 = await signWith(preset, symmetric.signWith)
    const v1a = await signWith(preset, asymmetric.signWith)
    expect(await outcome(preset, v1, symmetric.configure!)).toBe('current')
    expect(await outcome(preset, v1a, asymmetric.configure!)).toBe('current')
    expect(await outcome(preset, v1, asymmetric.configure!)).toBe('malformed_header')
    expect(await outcome(preset, v1a, symmetric.configure!)).toBe('malformed_header')
  })

  it('may stand side by side, and keys of both kinds be configured while one is rolled', async ({ expect }) => {
    const symmetric = await secretFor(preset)
    const asymmetric = (await alternativeSecretFor(preset))!
    const both = await signWith(preset, [...asymmetric.signWith, ...symmetric.signWith])
    expect(both.headers[`${preset.id === 'svix' ? 'svix' : 'webhook'}-signature`]).toMatch(/^v1a,\S+ v1,\S+$/)
    expect(await outcome(preset, both, symmetric.configure!)).toBe('current')
    expect(await outcome(preset, both, asymmetric.configure!)).toBe('current')
    const v1a = await signWith(preset, asymmetric.signWith)
    expect(await outcome(preset, v1a, symmetric.configure!, asymmetric.configure!)).toBe('previous')
    const other = (await alternativeSecretFor(preset))!
    expect(await outcome(preset, v1a, symmetric.configure!, other.configure!)).toBe('malformed_header')
    expect(await outcome(preset, v1a, other.configure!)).toBe('no_match')
  })

  it('take no text for a public key that is none', async ({ expect }) => {
    const asymmetric = (await alternativeSecretFor(preset))!
    const v1a = await signWith(preset, asymmetric.signWith)
    for (const text of ['whpk_', 'whpk_AAAA', 'whpk_not base64', asymmetric.configure!.replace('whpk_', 'whsec_')])
      expect(['unusable_secret', 'malformed_header'], text).toContain(await outcome(preset, v1a, text))
  })

  it('need the whole body only where a public key is configured', async ({ expect }) => {
    const symmetric = await secretFor(preset)
    const asymmetric = (await alternativeSecretFor(preset))!
    const v1 = await signWith(preset, symmetric.signWith)
    const opened = await beginVerify(input(preset, v1, symmetric.configure!))
    if (opened === 'needs_whole_body' || !opened.ok) throw new Error('one hash can be taken while the body passes')
    opened.value.update(BODY.subarray(0, 7))
    opened.value.update(BODY.subarray(7))
    expect(opened.value.finish()).toMatchObject({ ok: true })
    expect(await beginVerify(input(preset, v1, symmetric.configure!, asymmetric.configure!))).toBe('needs_whole_body')
  })
})

describe('a secret whose form is in doubt', () => {
  it('is tried in every way at BigCommerce: the text itself, and decoded', async ({ expect }) => {
    const text = 'a0b1c2d3e4f5client-secret'
    const request = await signWith(bigcommerce, [text])
    for (const configured of [text, toBase64(utf8(text)), `whsec_${toBase64(utf8(text))}`])
      expect(await outcome(bigcommerce, request, configured), configured).toBe('current')
    expect(await outcome(bigcommerce, request, 'another')).toBe('no_match')
  })

  it('is never decoded at Polar, whatever it looks like', async ({ expect }) => {
    const looksEncoded = `whsec_${toBase64(utf8('polar secret'))}`
    const request = await signWith(polar, [looksEncoded])
    expect(await outcome(polar, request, looksEncoded)).toBe('current')
    expect(await outcome(polar, request, 'polar secret')).toBe('no_match')
  })
})
