import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inHeader } from './families.ts'

/**
 * `Upstash-Signature`: an HS256 token under one of two signing keys, with `iss` = `Upstash`, `sub` = the destination's address
 * and `body` = base64url hash of the raw body, with padding or without. https://upstash.com/docs/qstash/howto/signature
 */
export const preset: Preset = {
  ...COMMON,
  id: 'upstash-qstash',
  title: 'Upstash QStash',
  verification: {
    scheme: 'jwt',
    header: 'upstash-signature',
    algorithms: ['HS256'],
    keys: { kind: 'secret' },
    checks: [
      { kind: 'equals', claim: 'iss', oneOf: ['Upstash'] },
      { kind: 'url', claim: 'sub' },
      { kind: 'hash', claim: 'body', of: 'body', encoding: 'base64url' },
    ],
    requiredTimes: ['exp', 'nbf'],
    clockSkewSeconds: 1,
  },
  eventId: inHeader('upstash-message-id'),
  eventType: null,
  // The id is not signed. But a schedule sends the same body each time: to dedupe on it would swallow all but the first.
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://upstash.com/docs/qstash/howto/signature',
  secret:
    'The current signing key; the next signing key belongs beside it as the previous value, so that rolling them costs nothing.',
  settings: [],
  signsUrl: true,
  steps: [
    'Publish to this address, or give it to a schedule.',
    'Paste both signing keys from the QStash page of the console here.',
  ],
  deadlineSeconds: null,
  retries: 'As the publisher asks; by default a few times at growing intervals.',
  cautions: [
    'The address is signed: publish to it exactly as it is given here.',
    'The message’s id is not signed: who captures a request can repeat it under another id until its token expires, after minutes.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'upstash-message-id': 'msg_test_1' },
  body: '{"report":"daily","day":"2025-10-09"}',
}
