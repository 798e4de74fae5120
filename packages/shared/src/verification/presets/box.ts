import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/**
 * `BOX-SIGNATURE-PRIMARY` and `-SECONDARY`: base64 HMAC-SHA256 over the body and, behind it, the delivery’s time, each under a key of its
 * own. Version and algorithm are named in headers, and a time in the future is refused, as Box’s SDK does.
 * https://developer.box.com/guides/webhooks/v2/signatures-v2/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'box',
  title: 'Box',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['box-signature-primary', 'box-signature-secondary'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'base64',
    template: '{body}{timestamp}',
    timestamp: {
      from: { kind: 'header', names: ['box-delivery-timestamp'] },
      unit: 'iso',
      tolerance: { pastSeconds: 600, futureSeconds: 0 },
    },
    requiredHeaders: [
      { name: 'box-signature-version', value: '1' },
      { name: 'box-signature-algorithm', value: 'HmacSHA256' },
    ],
  },
  eventId: inBody('id'),
  eventType: inBody('trigger'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.box.com/guides/webhooks/v2/signatures-v2/',
  secret:
    'The primary signature key of the app, under Webhooks › Manage signature keys in the developer console. The secondary is the previous one.',
  settings: [],
  signsUrl: false,
  steps: [
    'Generate the signature keys under Webhooks › Manage signature keys, and paste them here.',
    'Create a V2 webhook with this address.',
  ],
  deadlineSeconds: 30,
  retries: 'Up to 10 times over about 2 hours.',
  cautions: [
    'A delivery dated in the future is refused: where our clock is behind, set a tolerance.',
    'V1 webhooks are not signed and are refused.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'box-delivery-id': '00000000-0000-4000-8000-000000000002' },
  body: '{"type":"webhook_event","id":"00000000-0000-4000-8000-000000000001","created_at":"2025-10-09T08:53:19-07:00","trigger":"FILE.UPLOADED","webhook":{"id":"53","type":"webhook"},"source":{"id":"1001","type":"file","name":"test.pdf"}}',
}
