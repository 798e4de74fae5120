import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody, inHeader } from './families.ts'

/**
 * `X-Signature`: hex HMAC-SHA256 over the body, decompressed where it came as gzip.
 * https://getstream.io/chat/docs/node/webhooks_overview/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'getstream',
  title: 'Stream (GetStream)',
  verification: { ...bodyHmac({ header: 'x-signature' }), signs: 'decompressed' },
  eventId: inHeader('x-webhook-id'),
  eventType: inBody('type'),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://getstream.io/chat/docs/node/webhooks_overview/',
  secret: 'The API secret of the app, in the Stream dashboard.',
  settings: [],
  signsUrl: false,
  steps: ['Set this address as the webhook of the app in the Stream dashboard.', 'Paste the app’s API secret here.'],
  deadlineSeconds: 6,
  retries: 'A few times, with X-Webhook-Attempt counting.',
  cautions: [
    'The secret is the app’s API secret: who has it can do everything in the app.',
    'The event’s id is an unsigned header, so the body is compared too.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-webhook-id': '00000000-0000-4000-8000-000000000001', 'x-webhook-attempt': '1' },
  body: '{"type":"message.new","cid":"messaging:test","created_at":"2025-10-09T08:53:19.000Z","message":{"id":"test-message-1","text":"Hello"}}',
}
