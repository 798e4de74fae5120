import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/**
 * `Paddle-Signature: ts=<unix s>;h1=<hex>[;h1=…]` over `{ts}:{body}`; while a secret is rotated there are several h1. The signed
 * time may be 5 s old, as in Paddle’s own SDK. https://developer.paddle.com/webhooks/signature-verification
 */
export const preset: Preset = {
  ...COMMON,
  id: 'paddle-billing',
  title: 'Paddle Billing',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['paddle-signature'],
    format: { kind: 'pairs', separator: ';', name: 'h1' },
    encoding: 'hex',
    template: '{timestamp}:{body}',
    timestamp: { from: { kind: 'pair', name: 'ts' }, unit: 'seconds', tolerance: { pastSeconds: 5, futureSeconds: 5 } },
  },
  eventId: inBody('event_id'),
  eventType: inBody('event_type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.paddle.com/webhooks/signature-verification',
  secret: 'The secret key of the notification destination (pdl_ntfset_…), under Developer tools › Notifications. Paste it whole.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a destination of type URL with this address under Developer tools › Notifications.',
    'Choose the events, then copy the destination’s secret key here.',
  ],
  deadlineSeconds: 5,
  retries: 'Live: 60 times over 3 days; sandbox: 3 times within 15 minutes.',
  cautions: [
    'A signature is good for 5 seconds, so the clocks must agree. Where something between Paddle and us holds requests back, set a longer tolerance.',
    'A redelivery from the dashboard has a new notification_id but the same event_id: it counts as a duplicate.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event_id":"evt_test_1","event_type":"subscription.updated","occurred_at":"2025-10-09T08:53:19.621022Z","notification_id":"ntf_test_1","data":{"id":"sub_test_1","status":"active"}}',
}
