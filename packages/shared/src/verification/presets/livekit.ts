import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/**
 * `Authorization`: an HS256 token, without `Bearer`, with `iss` = our API key and `sha256` = base64 hash of the raw body.
 * https://docs.livekit.io/home/server/webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'livekit',
  title: 'LiveKit',
  verification: {
    scheme: 'jwt',
    header: 'authorization',
    algorithms: ['HS256'],
    keys: { kind: 'secret' },
    checks: [
      { kind: 'setting', claim: 'iss', setting: 'apiKey' },
      { kind: 'hash', claim: 'sha256', of: 'body', encoding: 'base64' },
    ],
    requiredTimes: ['exp'],
    clockSkewSeconds: 10,
  },
  eventId: inBody('id'),
  eventType: inBody('event'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.livekit.io/home/server/webhooks/',
  secret: 'The secret of the API key that signs the webhooks.',
  settings: [{ name: 'apiKey', title: 'The API key that signs (API…)', required: true, list: true }],
  signsUrl: false,
  steps: ['Add this address under Settings › Webhooks, and choose the API key that signs.', 'Give that key and its secret here.'],
  deadlineSeconds: null,
  retries: 'Several times.',
  cautions: ['The body is JSON, though its type is application/webhook+json.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/webhook+json',
  headers: {},
  body: '{"event":"room_started","room":{"sid":"RM_test_1","name":"standup","creationTime":"1760000000"},"id":"EV_test_1","createdAt":"1760000000"}',
}
