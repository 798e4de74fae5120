import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, inHeader, joined } from './families.ts'

/**
 * `Linear-Signature`: hex HMAC-SHA256 over the raw body. The time that counts is `webhookTimestamp` inside it; the header
 * `Linear-Timestamp` is not signed. https://linear.app/developers/webhooks#securing-webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'linear',
  title: 'Linear',
  verification: {
    ...bodyHmac({ header: 'linear-signature' }),
    timestamp: {
      from: { kind: 'body', path: 'webhookTimestamp' },
      unit: 'milliseconds',
      tolerance: { pastSeconds: 60, futureSeconds: 60 },
    },
  },
  eventId: inHeader('linear-delivery'),
  eventType: firstOf(joined('.', inBody('type'), inBody('action')), inBody('type')),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://linear.app/developers/webhooks',
  secret: 'The signing secret of the webhook (lin_wh_…), under Settings › API. Paste it whole.',
  settings: [],
  signsUrl: false,
  steps: ['Create a webhook with this address under Settings › API.', 'Copy its signing secret here.'],
  deadlineSeconds: 5,
  retries: 'Three times, after 1 minute, 1 hour and 6 hours.',
  cautions: [
    'An event is good for 60 seconds, so the clocks must agree.',
    'The delivery’s id is an unsigned header, so the body is compared too.',
    'The type is that of the entity and the action, as Issue.create.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json; charset=utf-8',
  headers: { 'linear-delivery': '00000000-0000-4000-8000-000000000001', 'linear-event': 'Issue' },
  body: '{"action":"update","type":"Issue","createdAt":"2025-10-09T08:53:19.000Z","data":{"id":"00000000-0000-4000-8000-000000000002","title":"Test"},"organizationId":"00000000-0000-4000-8000-000000000003","webhookTimestamp":1760000000000,"webhookId":"00000000-0000-4000-8000-000000000004"}',
}
