import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, sharedToken } from './families.ts'

/**
 * The secret token in a header; nothing is signed. The type is the key beside `update_id`. A body in the answer would be taken for a
 * call of the Bot API, so it is empty. https://core.telegram.org/bots/api#setwebhook
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'header', name: 'x-telegram-bot-api-secret-token' }),
  id: 'telegram',
  title: 'Telegram',
  eventId: inBody('update_id'),
  eventType: { kind: 'key', except: ['update_id'] },
  dedupe: { by: 'id' },
  reply: { status: 200, body: { kind: 'empty' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://core.telegram.org/bots/api#setwebhook',
  secret: 'The secret_token you give to setWebhook: 1 to 256 letters, digits, _ and -. Not the bot’s token.',
  settings: [],
  signsUrl: false,
  steps: [
    'Choose a long random secret token and paste it here.',
    'Call setWebhook with this address as url and the same secret_token.',
  ],
  deadlineSeconds: null,
  retries: 'A reasonable number of times, with the same update_id.',
  cautions: [
    'The body is not signed: whoever learns the token can send anything.',
    'One provider a bot: numbers of updates are unique within a bot only.',
    'The address must be on port 443, 80, 88 or 8443.',
  ],
  ipRanges: ['149.154.160.0/20', '91.108.4.0/22'],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"update_id":730000001,"message":{"message_id":17,"date":1760000000,"chat":{"id":1000001,"type":"private"},"from":{"id":1000001,"is_bot":false,"first_name":"Ada"},"text":"/status"}}',
}
