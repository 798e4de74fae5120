import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import { secretFor } from '@orchestrator/shared/testing/preset-secrets'
import { findPreset } from '@orchestrator/shared/verification/presets/index'
import { type Sender, senderAnswer } from '../support/configure-sender.ts'
import { type Answer, startIngress, type TestIngress } from '../support/ingress.ts'
import { factsInNode } from './facts-in-node.ts'
import { tampered, vendorCases } from './vendors/index.ts'
import type { VendorCase, VendorRequest } from './vendors/vendor-case.ts'

/** Requests that the vendors' own packages signed, or would accept, posted to the running ingress by the real clock. */

/** Their cases leave out what the type is read from: an attribute, a header, a field. */
const CASES_WITHOUT_TYPE = new Set(['google-pubsub', 'sanity', 'twilio'])

function addressOf({ preset }: VendorCase): string {
  return `https://ingress.example.test/webhooks/${preset}`
}

/** Signed now: one vendor allows five seconds. */
function signNow(vendor: VendorCase): Promise<VendorRequest> {
  return vendor.sign({ body: vendor.sampleBody, now: new Date(), url: addressOf(vendor) })
}

function presetOf({ preset }: VendorCase): Preset {
  const found = findPreset(preset)
  if (found === undefined) throw new Error(`there is no preset ${preset}`)
  return found
}

function refusalOf(vendor: VendorCase): number {
  return presetOf(vendor).refusal?.status ?? 401
}

/** What the vendor's customer would configure. */
function friend(vendor: VendorCase): Sender {
  const url = addressOf(vendor)
  const config = { ...vendor.settings?.(url) }
  return { preset: vendor.preset, secrets: vendor.secret === '' ? [] : [vendor.secret], config, url }
}

/** Somebody else's configuration: another secret or key; where there is none, another audience. */
async function stranger(vendor: VendorCase): Promise<Sender> {
  const sender = friend(vendor)
  const { configure } = await secretFor(presetOf(vendor))
  const { jwks, ...config } = sender.config as { jwks?: { keys: Record<string, unknown>[] } }
  if (configure === null) return { ...sender, config: { ...sender.config, audience: 'https://elsewhere.example.test/' } }
  if (jwks === undefined) return { ...sender, secrets: [configure], config }
  const { publicKey } = await generateKeyPair('ES256')
  const keys = await Promise.all(jwks.keys.map(async (key) => ({ ...key, ...(await exportJWK(publicKey)) })))
  return { ...sender, secrets: [configure], config: { ...config, jwks: { keys } } }
}

describe('through the running ingress', () => {
  let ingress: TestIngress
  let asked: Sender | undefined
  const strangers = new Map<VendorCase, Sender>()
  const host = (url: string, body: string) => asked && senderAnswer(asked, url, body)

  beforeAll(async () => {
    ingress = await startIngress(host)
    for (const vendor of vendorCases) strangers.set(vendor, await stranger(vendor))
    await ingress.configure(
      vendorCases.flatMap((vendor): [string, Sender][] => [
        [`accepted-${vendor.preset}`, friend(vendor)],
        [`tampered-${vendor.preset}`, friend(vendor)],
        [`stranger-${vendor.preset}`, strangers.get(vendor)!],
      ]),
    )
  })

  afterAll(() => ingress?.stop())

  function post(to: string, request: VendorRequest, sender: Sender): Promise<Answer> {
    asked = sender
    return ingress.post(to, request)
  }

  describe.each(vendorCases)('$package for $preset', (vendor) => {
    it('is accepted, and its id and type are those that the preset names', async ({ expect }) => {
      const sender = friend(vendor)
      const request = await signNow(vendor)
      const answer = await post(`accepted-${vendor.preset}`, request, sender)
      expect(answer.status, answer.body).toBe(presetOf(vendor).reply.status)
      const { eventId, type } = await factsInNode(request, sender, host)
      expect(answer.stored).toEqual({ eventId, type })
      expect(type === null).toBe(presetOf(vendor).eventType === null || CASES_WITHOUT_TYPE.has(vendor.preset))
    })

    it('is refused with one character changed', async ({ expect }) => {
      const answer = await post(`tampered-${vendor.preset}`, tampered(vendor, await signNow(vendor)), friend(vendor))
      expect(answer).toMatchObject({ status: refusalOf(vendor), stored: null })
    })

    it('is refused where another secret is configured', async ({ expect }) => {
      const answer = await post(`stranger-${vendor.preset}`, await signNow(vendor), strangers.get(vendor)!)
      expect(answer).toMatchObject({ status: refusalOf(vendor), stored: null })
    })
  })
})
