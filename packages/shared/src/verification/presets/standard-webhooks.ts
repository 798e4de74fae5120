import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * `webhook-signature: v1,<base64>[ v1,…][ v1a,…]` over `{webhook-id}.{webhook-timestamp}.{body}`. Only what fits the configured
 * key counts. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'standard-webhooks',
  title: 'Standard Webhooks',
  verification: standardWebhooks({ asymmetric: true }),
}

export const guide: SenderGuide = {
  docsUrl: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  secret:
    'The signing secret (whsec_… or its base64 alone), or the sender’s public key (whpk_…) where it signs with a private one.',
  settings: [],
  signsUrl: false,
  steps: ['Register this address at the sender and copy the secret or public key that it shows.'],
  deadlineSeconds: null,
  retries: 'As the sender decides; the specification suggests growing pauses over about three days.',
  cautions: ['For senders without a preset of their own that follow the specification.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'msg_sample_0001' },
  body: '{"type":"contact.created","timestamp":"2025-10-09T08:53:20Z","data":{"id":"contact_1","email":"ada@example.com"}}',
}
