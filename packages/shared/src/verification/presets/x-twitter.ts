import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody } from './families.ts'

/**
 * `x-twitter-webhooks-signature: sha256=<base64>` over the raw body with the app’s consumer secret: base64, in spite of the prefix.
 * X also asks with `GET ?crc_token=` whether we know the secret. https://docs.x.com/x-api/webhooks/introduction
 */
export const preset: Preset = {
  ...COMMON,
  id: 'x-twitter',
  title: 'X (Twitter)',
  verification: bodyHmac({ header: 'x-twitter-webhooks-signature', prefix: 'sha256=', encoding: 'base64' }),
  eventId: null,
  eventType: firstOf(inBody('data.event_type'), {
    kind: 'key',
    except: ['for_user_id', 'user_has_blocked', 'is_blocked_by', 'apps', 'users', 'data', 'includes', 'matching_rules'],
  }),
  dedupe: { by: 'body' },
  handshakes: ['x-crc'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.x.com/x-api/webhooks/introduction',
  secret: 'The app’s API key secret (consumer secret), under Projects & Apps › your app › Keys and tokens.',
  settings: [],
  signsUrl: false,
  steps: [
    'Save this provider with the secret first: X asks the address for proof while it is registered.',
    'Register the address with POST /2/webhooks, then subscribe users or a stream to it.',
  ],
  deadlineSeconds: 10,
  retries: 'None by itself; missed events can be asked for with the replay API.',
  cautions: [
    'X asks for proof again every hour. One wrong answer and it stops sending: change the secret here at the same moment as at X.',
    'Events carry no id of their own, so equal bodies count as the same event. Where several events of a kind come together, they are one webhook.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"for_user_id":"2244994945","tweet_create_events":[{"id_str":"1050118621198921728","text":"A test event"}]}',
}
