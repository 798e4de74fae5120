import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks. https://docs.dodopayments.com/developer-resources/webhooks
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'dodopayments',
  title: 'Dodo Payments',
  verification: standardWebhooks(),
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.dodopayments.com/developer-resources/webhooks',
  secret: 'The endpoint’s signing secret (whsec_…), under Developer › Webhooks › your endpoint.',
  settings: [],
  signsUrl: false,
  steps: ['In the dashboard, open Developer › Webhooks and add this address.', 'Choose the events, then copy the secret here.'],
  deadlineSeconds: null,
  retries: 'Several attempts with growing pauses, under the same webhook-id.',
  cautions: ['Test mode and live mode have endpoints and secrets of their own.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'msg_sample_0006' },
  body: '{"business_id":"bus_sample","type":"payment.succeeded","timestamp":"2025-10-09T08:53:20.000000Z","data":{"payload_type":"Payment","payment_id":"pay_sample","total_amount":8640,"currency":"EUR","status":"succeeded"}}',
}
