import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody } from './families.ts'

/**
 * `MessageBird-Signature-JWT`: an HS256, HS384 or HS512 token, valid for a minute, whose `url_hash` hashes the whole address
 * with its query and whose `payload_hash` hashes the body. The latter is absent exactly when the body is empty.
 * https://developers.messagebird.com/api/#verifying-http-requests
 */
export const preset: Preset = {
  ...COMMON,
  id: 'messagebird',
  title: 'MessageBird (Bird)',
  verification: {
    scheme: 'jwt',
    header: 'messagebird-signature-jwt',
    algorithms: ['HS256', 'HS384', 'HS512'],
    keys: { kind: 'secret' },
    checks: [
      { kind: 'equals', claim: 'iss', oneOf: ['MessageBird'] },
      { kind: 'hash', claim: 'url_hash', of: 'url', encoding: 'hex' },
      { kind: 'hash', claim: 'payload_hash', of: 'body', encoding: 'hex', absentWhenEmpty: true },
    ],
    requiredTimes: ['nbf', 'exp'],
    clockSkewSeconds: 1,
  },
  eventId: { kind: 'claim', name: 'jti' },
  eventType: firstOf(inBody('type'), inBody('status'), { kind: 'query', name: 'status' }),
  dedupe: { by: 'id' },
  methods: ['POST', 'GET'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.messagebird.com/api/#verifying-http-requests',
  secret: 'The signing key, under Developers › Settings.',
  settings: [],
  signsUrl: true,
  steps: ['Give this address where the product asks for a webhook or status report URL.', 'Paste the signing key here.'],
  deadlineSeconds: null,
  retries: 'Depends on the product.',
  cautions: [
    'The whole address is signed, letter by letter and with its query: register it exactly as it is given here.',
    'A request is valid for one minute: our clocks must agree to a second.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"message_test_1","type":"message.updated","status":"delivered","recipient":31612345678,"statusDatetime":"2025-10-09T08:53:19+00:00"}',
}
