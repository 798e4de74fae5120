import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks, but the secret’s text as it stands is the key: no base64, no prefix taken off.
 * https://polar.sh/docs/integrate/webhooks/delivery
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'polar',
  title: 'Polar',
  verification: standardWebhooks({ key: { encoding: 'utf8' } }),
}

export const guide: SenderGuide = {
  docsUrl: 'https://polar.sh/docs/integrate/webhooks/delivery',
  secret: 'The secret you typed or generated for the endpoint. Paste it exactly: its text is the key.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the organisation’s settings, open Webhooks and add this address with the format Raw.',
    'Type or generate a secret, choose the events, and paste the secret here.',
  ],
  deadlineSeconds: 10,
  retries: 'Up to ten times with growing pauses, under the same webhook-id.',
  cautions: ['The formats for Discord and Slack are not signed for us: choose Raw.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'msg_sample_0009' },
  body: '{"type":"order.paid","timestamp":"2025-10-09T08:53:20Z","data":{"id":"order_1","status":"paid","total_amount":8640,"currency":"eur"}}',
}
