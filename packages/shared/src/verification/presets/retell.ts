import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, FIVE_MINUTES, inBody } from './families.ts'

/**
 * `x-retell-signature: v=<time in ms>,d=<hex>`: HMAC-SHA256 over the body and, behind it, the time; the key is the API key.
 * https://docs.retellai.com/features/secure-webhook
 */
export const preset: Preset = {
  ...COMMON,
  id: 'retell',
  title: 'Retell AI',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['x-retell-signature'],
    format: { kind: 'pairs', separator: ',', name: 'd', style: 'exact' },
    encoding: 'hex',
    template: '{body}{timestamp}',
    timestamp: { from: { kind: 'pair', name: 'v' }, unit: 'milliseconds', tolerance: FIVE_MINUTES },
  },
  eventId: null,
  eventType: inBody('event'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.retellai.com/features/secure-webhook',
  secret: 'The API key that carries the webhook badge, under API keys.',
  settings: [],
  signsUrl: false,
  steps: ['Set this address as the webhook of the account or of an agent.', 'Paste the API key with the webhook badge here.'],
  deadlineSeconds: 10,
  retries: 'Up to three times.',
  cautions: [
    'Events carry no id: a call has several, told apart by their type. A redelivery is told by its body.',
    'The secret is an API key: who has it can place calls.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event":"call_ended","call":{"call_id":"test0000000000000000000001","call_type":"phone_call","call_status":"ended","end_timestamp":1760000000000}}',
}
