import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { firstOf, inBody, SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks; the kind of event is `event_type`. https://docs.lithic.com/docs/events-api
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'lithic',
  title: 'Lithic',
  verification: standardWebhooks(),
  eventType: firstOf(inBody('event_type'), inBody('type')),
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.lithic.com/docs/events-api',
  secret: 'The secret of the event subscription (whsec_…), from the dashboard or the API.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create an event subscription with this address, in the dashboard or through the API.',
    'Copy the subscription’s secret here.',
  ],
  deadlineSeconds: null,
  retries: 'Several attempts over more than a day with growing pauses, under the same webhook-id.',
  cautions: ['Sandbox and production have subscriptions and secrets of their own.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'msg_sample_0007' },
  body: '{"event_type":"card.created","card_token":"00000000-0000-4000-8000-000000000001"}',
}
