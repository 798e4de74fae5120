import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Hub-Signature: sha1=<hex>`, HMAC-SHA-1 over the raw body with the app’s client secret.
 * https://developers.intercom.com/docs/webhooks/webhook-notifications
 */
export const preset: Preset = {
  ...COMMON,
  id: 'intercom',
  title: 'Intercom',
  verification: bodyHmac({ header: 'x-hub-signature', prefix: 'sha1=', hash: 'SHA-1' }),
  eventId: inBody('id'),
  eventType: inBody('topic'),
  dedupe: { by: 'id' },
  handshakes: ['head'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.intercom.com/docs/webhooks/webhook-notifications',
  secret: 'The app’s client secret, under Developer Hub › your app › Basic information.',
  settings: [],
  signsUrl: false,
  steps: ['Add this address under Developer Hub › your app › Webhooks.', 'Choose the topics, and paste the client secret here.'],
  deadlineSeconds: 5,
  retries: 'Once after a minute; after many failures the subscription is suspended.',
  cautions: ['Intercom signs with SHA-1, the only hash it offers.', 'The `ping` of its test button is an event like any other.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"type":"notification_event","id":"notif_test_1","topic":"conversation.user.created","app_id":"abc123","created_at":1760000000,"delivery_attempts":1,"data":{"type":"notification_event_data","item":{"type":"conversation","id":"123"}}}',
}
