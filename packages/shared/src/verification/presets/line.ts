import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Line-Signature: <base64>` over the raw body with the channel secret.
 * https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'line',
  title: 'LINE',
  verification: bodyHmac({ header: 'x-line-signature', encoding: 'base64' }),
  eventId: inBody('events.0.webhookEventId'),
  eventType: inBody('events.0.type'),
  // A redelivery says so inside the body (`isRedelivery`), so only the id stays the same.
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.line.biz/en/docs/messaging-api/receiving-messages/',
  secret: 'The channel secret, in the LINE Developers console under your channel › Basic settings.',
  settings: [],
  signsUrl: false,
  steps: [
    'Enter this address under your channel › Messaging API › Webhook URL and press Verify.',
    'Switch “Use webhook” on, and paste the channel secret here.',
  ],
  deadlineSeconds: 2,
  retries: 'None unless “Webhook redelivery” is switched on.',
  cautions: [
    'The Verify button sends a webhook without events.',
    'Several events may come together; the id and type shown are those of the first. A reply token is good for about a minute.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"destination":"U00000000000000000000000000000000","events":[{"type":"message","webhookEventId":"01TESTEVENT00000000000000A","deliveryContext":{"isRedelivery":false},"timestamp":1760000000000,"mode":"active","source":{"type":"user","userId":"U00000000000000000000000000000001"},"message":{"id":"1","type":"text","text":"A test message"}}]}',
}
