import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, FIVE_MINUTES, inBody } from './families.ts'

/**
 * `telnyx-signature-ed25519`: base64 Ed25519 signature over `{telnyx-timestamp}|{body}`.
 * https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks#webhook-signing
 */
export const preset: Preset = {
  ...COMMON,
  id: 'telnyx',
  title: 'Telnyx',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'ed25519', key: 'raw-base64' },
    headers: ['telnyx-signature-ed25519'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'base64',
    template: '{timestamp}|{body}',
    timestamp: { from: { kind: 'header', names: ['telnyx-timestamp'] }, unit: 'seconds', tolerance: FIVE_MINUTES },
  },
  eventId: inBody('data.id'),
  eventType: inBody('data.event_type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks',
  secret: 'The public key of the account (base64), under Account settings › Keys & Credentials › Public Key.',
  settings: [],
  signsUrl: false,
  steps: ['Enter this address at the connection, messaging profile or application.', 'Paste the account’s public key here.'],
  deadlineSeconds: 2,
  retries: 'Up to three times, then the failover address.',
  cautions: ['Telnyx waits 2 seconds only.', 'Only API v2 webhooks are signed this way.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"data":{"event_type":"message.received","id":"00000000-0000-4000-8000-000000000001","occurred_at":"2025-10-09T08:53:19.000Z","payload":{"id":"00000000-0000-4000-8000-000000000002","text":"Hello"},"record_type":"event"},"meta":{"attempt":1}}',
}
