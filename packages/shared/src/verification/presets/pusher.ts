import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Pusher-Signature`: hex HMAC-SHA256 over the raw body under the secret of the app key in `X-Pusher-Key`, which must be ours. Like
 * Pusher’s libraries, only exactly `application/json` is taken. https://pusher.com/docs/channels/server_api/webhooks/#authentication
 */
export const preset: Preset = {
  ...COMMON,
  id: 'pusher',
  title: 'Pusher Channels',
  verification: {
    ...bodyHmac({ header: 'x-pusher-signature' }),
    requiredHeaders: [
      { name: 'x-pusher-key', setting: 'key' },
      { name: 'content-type', value: 'application/json' },
    ],
  },
  eventId: null,
  eventType: inBody('events.0.name'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://pusher.com/docs/channels/server_api/webhooks/',
  secret: 'The secret of the app key, under App Keys.',
  settings: [{ name: 'key', title: 'App key', required: true, list: true }],
  signsUrl: false,
  steps: ['Add a webhook with this address under Webhooks of the app.', 'Set the app key and paste its secret here.'],
  deadlineSeconds: 4,
  retries: 'With growing pauses, for 5 minutes.',
  cautions: [
    'One request carries a batch; the type shown is that of its first event. Events have no ids.',
    'The secret is the app key’s: who has it can publish and authorise.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"time_ms":1760000000000,"events":[{"name":"channel_occupied","channel":"test-channel"}]}',
}
