import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, inHeader, standardWebhooks } from './families.ts'

/**
 * `Finch-Signature: v1,<base64>[ v1,…]` over `{Finch-Event-Id}.{Finch-Timestamp}.{body}`: Standard Webhooks under other names. The
 * secret is base64 without a prefix. https://developer.tryfinch.com/implementation-guide/Webhooks/Verification
 */
export const preset: Preset = {
  ...COMMON,
  id: 'finch',
  title: 'Finch',
  verification: {
    ...standardWebhooks({ headers: ['finch'], key: { encoding: 'base64' } }),
    template: '{header:finch-event-id}.{timestamp}.{body}',
  },
  eventId: inHeader('finch-event-id'),
  eventType: inBody('event_type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.tryfinch.com/implementation-guide/Webhooks/Verification',
  secret: 'The webhook’s secret (base64), shown once when the endpoint is made.',
  settings: [],
  signsUrl: false,
  steps: ['In the Finch dashboard, open Webhooks and add this address.', 'Copy the secret here.'],
  deadlineSeconds: null,
  retries: 'Several attempts with growing pauses, under the same Finch-Event-Id.',
  cautions: ['Events are thin: read the changed individuals or payments through the API.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'finch-event-id': 'evt_sample_0001' },
  body: '{"company_id":"company_1","account_id":"account_1","event_type":"employment.updated","data":{"individual_id":"individual_1"}}',
}
