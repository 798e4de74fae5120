import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, inHeader } from './families.ts'

/**
 * `X-Signature: <hex>` over the raw body. There is no event id: `meta.webhook_id` is the endpoint’s.
 * https://docs.lemonsqueezy.com/help/webhooks/signing-requests
 */
export const preset: Preset = {
  ...COMMON,
  id: 'lemonsqueezy',
  title: 'Lemon Squeezy',
  verification: bodyHmac({ header: 'x-signature' }),
  eventId: null,
  eventType: firstOf(inBody('meta.event_name'), inHeader('x-event-name')),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.lemonsqueezy.com/help/webhooks/signing-requests',
  secret: 'The signing secret you type into the webhook’s form, 6 to 40 characters.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the store, open Settings › Webhooks and add this address.',
    'Enter a random signing secret, choose the events, and paste the secret here.',
  ],
  deadlineSeconds: null,
  retries: 'Three times more, after 5, 25 and 125 seconds.',
  cautions: [
    'There is no event id: equal bodies count as the same event.',
    'Test mode and live mode have webhooks of their own.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-event-name': 'order_created' },
  body: '{"meta":{"test_mode":true,"event_name":"order_created","webhook_id":"6d0c1f2e-7a8b-4c9d-8e0f-1a2b3c4d5e6f","custom_data":{"user_id":"1"}},"data":{"type":"orders","id":"1","attributes":{"status":"paid","total":8640,"currency":"EUR","updated_at":"2025-10-09T08:53:20.000000Z"}}}',
}
