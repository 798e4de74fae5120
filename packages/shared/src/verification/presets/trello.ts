import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Trello-Webhook`: base64 HMAC-SHA1 over the body and, behind it, the registered callback address.
 * https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures
 */
export const preset: Preset = {
  ...COMMON,
  id: 'trello',
  title: 'Trello',
  verification: { ...bodyHmac({ header: 'x-trello-webhook', encoding: 'base64', hash: 'SHA-1' }), template: '{body}{url}' },
  eventId: inBody('action.id'),
  eventType: inBody('action.type'),
  dedupe: { by: 'id' },
  handshakes: ['head'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/',
  secret: 'The secret beside the API key of the Power-Up, at trello.com/power-ups/admin.',
  settings: [],
  signsUrl: true,
  steps: [
    'Set the callback address here exactly as you will give it to Trello, and paste the secret.',
    'Create the webhook by Trello’s API; Trello asks this address with HEAD first.',
  ],
  deadlineSeconds: 30,
  retries: 'Three times, after 30, 60 and 120 seconds; after 1,000 failures in a row over 30 days the webhook is disabled.',
  cautions: ['The callback address is signed: it must be the same letter by letter.', 'The signature uses SHA-1 and no time.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"model":{"id":"4d5ea62fd76aa1136000000c","name":"Test board"},"action":{"id":"51f9424bcd6e040f3c000001","type":"updateCard","date":"2025-10-09T08:53:19.000Z","data":{"card":{"id":"51f9424bcd6e040f3c000003","name":"Test"}}}}',
}
