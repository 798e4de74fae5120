import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody } from './families.ts'

/**
 * `Authorization: Bearer`: an HS256 token with `iat` and with `payload_hash` = hex hash of the body. Vonage's own helper does
 * not compare the hash; we do. https://developer.vonage.com/en/getting-started/concepts/webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'vonage',
  title: 'Vonage',
  verification: {
    scheme: 'jwt',
    header: 'authorization',
    prefix: 'Bearer ',
    algorithms: ['HS256'],
    keys: { kind: 'secret' },
    checks: [
      { kind: 'equals', claim: 'iss', oneOf: ['Vonage'] },
      { kind: 'hash', claim: 'payload_hash', of: 'body', encoding: 'hex', absentWhenEmpty: true },
    ],
    clockSkewSeconds: 10,
    maxAgeSeconds: 300,
  },
  eventId: firstOf(inBody('message_uuid'), inBody('uuid'), inBody('request_id')),
  eventType: firstOf(inBody('status'), inBody('message_type'), inBody('type')),
  // One message reports several states under one id.
  dedupe: { by: 'fields', fields: [inBody('message_uuid'), inBody('status')] },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.vonage.com/en/getting-started/concepts/webhooks',
  secret: 'The signature secret of the account (not the API secret), under Settings in the dashboard.',
  settings: [],
  signsUrl: false,
  steps: [
    'Set the application’s status and inbound URLs to this address, with POST.',
    'Paste the account’s signature secret here; where webhooks come unsigned, ask Vonage to switch signing on.',
  ],
  deadlineSeconds: null,
  retries: 'For up to 24 hours.',
  cautions: [
    'Only HS256 is believed, and a token at most five minutes old; a larger tolerance can be set for the provider.',
    'Only webhooks by POST are taken: with GET nothing of the message would be signed.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-000000000001","to":"447700900000","from":"447700900001","channel":"sms","timestamp":"2025-10-09T08:53:19Z","status":"delivered"}',
}
