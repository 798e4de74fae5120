import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, inHeader } from './families.ts'

/**
 * `circleci-signature: v1=<hex>` over the raw body, in a list that may one day hold other versions; only v1 counts.
 * https://circleci.com/docs/webhooks/#validate-webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'circleci',
  title: 'CircleCI',
  verification: bodyHmac({ header: 'circleci-signature', prefix: 'v1=', separator: ',' }),
  eventId: inBody('id'),
  eventType: firstOf(inBody('type'), inHeader('circleci-event-type')),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://circleci.com/docs/webhooks/',
  secret: 'The secret token you give the webhook, under Project Settings › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a webhook with this address under Project Settings › Webhooks.',
    'Give it a secret token, choose the events, and paste the same token here.',
  ],
  deadlineSeconds: 10,
  retries: 'A few times; how often and how long, CircleCI does not say.',
  cautions: ['A webhook without a secret token is not signed and is refused.', 'The test button sends an event of type `ping`.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'circleci-event-type': 'workflow-completed' },
  body: '{"type":"workflow-completed","id":"3888f21b-eaa7-38e3-8f3d-75a63bba8895","happened_at":"2025-10-09T08:53:19.000000Z","webhook":{"id":"cf8c4fdd-0587-4da1-b4ca-4846e9640af9","name":"A test webhook"},"workflow":{"name":"build","status":"success"}}',
}
