import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-CC-Webhook-Signature: <hex>` over the raw body. The id on top is the delivery’s; the event’s is inside.
 * https://docs.cdp.coinbase.com/commerce/api-architecture/webhooks-security
 */
export const preset: Preset = {
  ...COMMON,
  id: 'coinbase-commerce',
  title: 'Coinbase Commerce',
  verification: bodyHmac({ header: 'x-cc-webhook-signature' }),
  eventId: inBody('event.id'),
  eventType: inBody('event.type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.cdp.coinbase.com/commerce/api-architecture/webhooks-security',
  secret: 'The webhook shared secret, under Settings › Notifications.',
  settings: [],
  signsUrl: false,
  steps: ['Open Settings › Notifications and add this address.', 'Press “Show shared secret” and paste it here.'],
  deadlineSeconds: null,
  retries: 'For up to three days with growing pauses; attempt_number counts them.',
  cautions: ['One secret signs for all endpoints of the account.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"0b3e2f1d-6c5a-4b9e-8d7f-9a8b7c6d5e4f","scheduled_for":"2025-10-09T08:53:20Z","attempt_number":1,"event":{"id":"5f1c7a9e-2d3b-4c6f-8e0a-7b6c5d4e3f2a","resource":"event","type":"charge:confirmed","api_version":"2018-03-22","created_at":"2025-10-09T08:53:20Z","data":{"code":"EXAMPLE1","name":"Desk lamp"}}}',
}
