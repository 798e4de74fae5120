import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import { type PresetSecret, secretFor } from '@orchestrator/shared/testing/preset-secrets'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import { sign } from '@orchestrator/shared/verification/sign'
import type { Sender } from '../support/configure-sender.ts'
import { type SentRequest, startIngress, type TestIngress } from '../support/ingress.ts'
import { factsInNode } from './facts-in-node.ts'

/** Every sender's sample, signed as the sender would with fresh keys, and posted to the running ingress by the real clock. */

/** Senders of two kinds of bodies, of which the sample’s has no id. */
const SAMPLES_WITHOUT_ID = new Set(['quickbooks'])

function addressOf({ id }: Preset): string {
  const query = findSenderNotes(id)?.sample.query
  return `https://ingress.example.test/webhooks/${id}${query === undefined ? '' : `?${query}`}`
}

async function signSample(preset: Preset, { signWith, settings }: PresetSecret): Promise<SentRequest> {
  const { body, contentType, headers } = findSenderNotes(preset.id)!.sample
  const [method = 'POST'] = preset.methods
  const request = await sign({
    preset,
    method,
    url: addressOf(preset),
    rawBody: new TextEncoder().encode(body),
    contentType,
    headers: { 'content-type': contentType, ...headers },
    secrets: signWith,
    settings,
    timestamp: Math.floor(Date.now() / 1000),
  })
  return { method, url: request.url, headers: request.headers, body: request.rawBody }
}

function senderOf(preset: Preset, { configure, settings }: PresetSecret): Sender {
  return { preset: preset.id, secrets: configure === null ? [] : [configure], config: settings, url: addressOf(preset) }
}

describe('the sample of each sender, through the running ingress', () => {
  let ingress: TestIngress
  let asked: PresetSecret | undefined
  const secrets = new Map<Preset, PresetSecret>()
  const host = async (url: string, body: string) =>
    (await asked?.fetchKey({ url, ...(body === '' ? {} : { body }) })) ?? undefined

  beforeAll(async () => {
    ingress = await startIngress(host)
    for (const preset of PRESETS) secrets.set(preset, await secretFor(preset))
    await ingress.configure(PRESETS.map((preset) => [preset.id, senderOf(preset, secrets.get(preset)!)]))
  })

  afterAll(() => ingress?.stop())

  describe.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s', (_, preset) => {
    it('is accepted, answered as the sender wants, and stored with the id and the type that are in it', async ({ expect }) => {
      asked = secrets.get(preset)!
      const request = await signSample(preset, asked)
      const { status, body, stored } = await ingress.post(preset.id, request)
      expect(status, body).toBe(preset.reply.status)
      if (preset.reply.body.kind !== 'result') {
        expect(body).toBe(preset.reply.body.kind === 'empty' ? '' : preset.reply.body.text)
      }
      expect(stored).toEqual({
        eventId: preset.eventId === null || SAMPLES_WITHOUT_ID.has(preset.id) ? null : expect.any(String),
        type: preset.eventType === null ? null : expect.any(String),
      })
      const { eventId, type } = await factsInNode(request, senderOf(preset, asked), host)
      expect(stored).toEqual({ eventId, type })
    })
  })
})
