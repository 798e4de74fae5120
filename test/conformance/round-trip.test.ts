import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import { type PresetSecret, secretFor } from '@orchestrator/shared/testing/preset-secrets'
import { signSample } from '@orchestrator/shared/testing/sign-sample'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import type { Sender } from '../support/configure-sender.ts'
import { type SentRequest, startIngress, type TestIngress } from '../support/ingress.ts'
import { factsInNode } from './facts-in-node.ts'

/** Every sender's sample, signed as the sender would with fresh keys, and posted to the running ingress by the real clock. */

/** Senders of two kinds of bodies, of which the sample’s has no id. */
const SAMPLES_WITHOUT_ID = new Set(['quickbooks'])

async function signNow(preset: Preset, secret: PresetSecret): Promise<SentRequest> {
  const { rawBody: body, ...request } = await signSample(preset, secret, { timestamp: Math.floor(Date.now() / 1000) })
  return { ...request, body }
}

function addressOf({ id }: Preset): string {
  return `https://ingress.example.test/webhooks/${id}`
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
      const request = await signNow(preset, asked)
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
