import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, joined } from './families.ts'

/**
 * `Webhook-Signature: <hex>` over the raw body. A wrong signature is to be answered with 498.
 * https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'gocardless',
  title: 'GoCardless',
  verification: bodyHmac({ header: 'webhook-signature' }),
  eventId: firstOf(inBody('events.0.id'), inBody('meta.webhook_id')),
  eventType: joined('.', inBody('events.0.resource_type'), inBody('events.0.action')),
  dedupe: { by: 'fields', fields: [inBody('meta.webhook_id')] },
  refusal: { status: 498, empty: false },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/',
  secret: 'The secret of the webhook endpoint, under Developers › Webhook endpoints.',
  settings: [],
  signsUrl: false,
  steps: ['Create a webhook endpoint with this address under Developers in the dashboard.', 'Paste its secret here.'],
  deadlineSeconds: 10,
  retries: 'Up to 8 times at growing intervals; by hand from the dashboard.',
  cautions: [
    'A webhook may carry up to 250 events that have nothing in common: it is one webhook here, and the id and type shown are those of the first.',
    'Webhooks may come out of order: read the resource from GoCardless before acting.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"events":[{"id":"EV_TEST_1","created_at":"2025-10-09T08:53:19.000Z","resource_type":"payments","action":"confirmed","links":{"payment":"PM_TEST_1"},"details":{"origin":"gocardless","cause":"payment_confirmed","description":"A test event"},"metadata":{}}],"meta":{"webhook_id":"WB_TEST_1"}}',
}
