import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `x-square-hmacsha256-signature`: base64 HMAC-SHA256 over the registered address and the body. The former `x-square-signature` is ignored.
 * https://developer.squareup.com/docs/webhooks/step3validate
 */
export const preset: Preset = {
  ...COMMON,
  id: 'square',
  title: 'Square',
  verification: { ...bodyHmac({ header: 'x-square-hmacsha256-signature', encoding: 'base64' }), template: '{url}{body}' },
  eventId: inBody('event_id'),
  eventType: inBody('type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.squareup.com/docs/webhooks/step3validate',
  secret: 'The signature key of the webhook subscription, under Webhooks › Subscriptions in the developer console.',
  settings: [],
  signsUrl: true,
  steps: [
    'Add a subscription with this address under Webhooks › Subscriptions.',
    'Set the registered address here letter by letter, and paste the subscription’s signature key.',
  ],
  deadlineSeconds: 10,
  retries: 'Up to 11 times over 24 hours.',
  cautions: [
    'The registered address is signed: one slash more at its end is enough to refuse everything.',
    'Square signs no time: only the window in which duplicates are noticed stops a replay.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"merchant_id":"TESTMERCHANT1","type":"payment.updated","event_id":"00000000-0000-4000-8000-000000000001","created_at":"2025-10-09T08:53:19.000Z","data":{"type":"payment","id":"TESTPAYMENT1","object":{"payment":{"id":"TESTPAYMENT1","status":"COMPLETED"}}}}',
}
