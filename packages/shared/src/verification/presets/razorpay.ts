import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody, inHeader } from './families.ts'

/**
 * `X-Razorpay-Signature: <hex>` over the raw body. https://razorpay.com/docs/webhooks/validate-test/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'razorpay',
  title: 'Razorpay',
  verification: bodyHmac({ header: 'x-razorpay-signature' }),
  eventId: inHeader('x-razorpay-event-id'),
  eventType: inBody('event'),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://razorpay.com/docs/webhooks/validate-test/',
  secret: 'The secret you type into the webhook’s form. It is neither the API key nor the API secret.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the dashboard, open Account & Settings › Webhooks and add this address.',
    'Enter a long random secret, choose the events, and paste the secret here.',
  ],
  deadlineSeconds: 5,
  retries: 'For 24 hours with growing pauses; then the webhook is switched off.',
  cautions: [
    'The event’s id is a header that is not signed: equal bodies count as the same event too.',
    'After the secret is changed, what is sent again is still signed with the old one: keep it as previous.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-razorpay-event-id': 'sample_event_0001' },
  body: '{"entity":"event","account_id":"acc_sample","event":"payment.captured","contains":["payment"],"payload":{"payment":{"entity":{"id":"pay_sample","amount":50000,"currency":"INR","status":"captured"}}},"created_at":1760000000}',
}
