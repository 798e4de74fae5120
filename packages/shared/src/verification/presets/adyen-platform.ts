import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `hmacsignature`: base64 HMAC-SHA256 over the raw body; the key is hex. For banking, platform and management webhooks.
 * https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'adyen-platform',
  title: 'Adyen banking and management webhooks',
  verification: bodyHmac({ header: 'hmacsignature', encoding: 'base64', key: { encoding: 'hex' } }),
  eventId: null,
  eventType: inBody('type'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/',
  secret: 'The HMAC key of the webhook (64 hex digits), under Developers › Webhooks › your webhook › Security.',
  settings: [],
  signsUrl: false,
  steps: ['Add a webhook of the kind you need with this address.', 'Generate an HMAC key there, save, and paste the key here.'],
  deadlineSeconds: 10,
  retries: 'Three times at once, then after 2 minutes to 8 hours each, for up to 30 days.',
  cautions: [
    'Events carry no id of their own: data.id is that of what they are about. A redelivery is told by its body.',
    'For payments’ standard webhooks use adyen-payments: they are signed otherwise.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { protocol: 'HmacSHA256' },
  body: '{"data":{"id":"TEST00000000000000000001","balancePlatform":"TestPlatform","status":"booked"},"environment":"test","timestamp":"2025-10-09T08:53:19+02:00","type":"balancePlatform.transfer.updated"}',
}
