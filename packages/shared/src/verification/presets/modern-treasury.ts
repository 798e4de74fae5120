import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, inHeader, joined } from './families.ts'

/**
 * `X-Signature: <hex>` over the raw body. The topic and the webhook’s id stand in headers of their own, unsigned.
 * https://docs.moderntreasury.com/platform/docs/webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'modern-treasury',
  title: 'Modern Treasury',
  verification: bodyHmac({ header: 'x-signature' }),
  eventId: inHeader('x-webhook-id'),
  eventType: firstOf(joined('.', inHeader('x-topic'), inBody('event')), inBody('event')),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.moderntreasury.com/platform/docs/webhooks',
  secret: 'The signing key of the webhook endpoint, under Developers › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: ['Add an endpoint with this address under Developers › Webhooks.', 'Choose the topics, and paste the signing key here.'],
  deadlineSeconds: null,
  retries: 'With growing pauses; how often, Modern Treasury does not say.',
  cautions: ['Topic and id stand in headers that are not signed.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-webhook-id': '00000000-1111-4000-8000-000000000001', 'x-topic': 'payment_order' },
  body: '{"event":"completed","data":{"id":"00000000-2222-4000-8000-000000000002","object":"payment_order","status":"completed","updated_at":"2025-10-09T08:53:19Z"}}',
}
