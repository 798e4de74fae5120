import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Viber-Content-Signature: <hex>` over the raw body with the bot’s token. `message_token` is an integer of 64 bits.
 * https://developers.viber.com/docs/api/rest-bot-api/#callbacks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'viber',
  title: 'Viber',
  verification: bodyHmac({ header: 'x-viber-content-signature' }),
  eventId: inBody('message_token'),
  eventType: inBody('event'),
  // A message and what became of it (delivered to each user, seen) share one token.
  dedupe: { by: 'body' },
  // What stands in an answer to `conversation_started` would be sent to the user.
  reply: { status: 200, body: { kind: 'empty' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.viber.com/docs/api/rest-bot-api/',
  secret: 'The bot’s authentication token, in the Viber admin panel.',
  settings: [],
  signsUrl: false,
  steps: [
    'Save this provider with the token first: Viber calls the address at once, with an event of type `webhook`.',
    'Register the address with POST /pa/set_webhook.',
  ],
  deadlineSeconds: null,
  retries: 'For a while with growing pauses; Viber does not say how long.',
  cautions: [
    'The token also sends messages in the bot’s name: keep it as safe as an API key.',
    'Delivered and seen events repeat the token of their message, so it is shown as id but does not make duplicates.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event":"message","timestamp":1760000000000,"message_token":5741311803571721087,"sender":{"id":"01234567890A=","name":"A test user"},"message":{"type":"text","text":"hi"}}',
}
