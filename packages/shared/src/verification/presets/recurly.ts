import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, FIVE_MINUTES, inBody, joined } from './families.ts'

/**
 * `recurly-signature: <time in ms>,<hex>[,<hex>]`: HMAC-SHA256 over `{time}.{body}`; several while a key is rolled.
 * https://docs.recurly.com/recurly-subscriptions/docs/signature-verification
 */
export const preset: Preset = {
  ...COMMON,
  id: 'recurly',
  title: 'Recurly (JSON webhooks)',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['recurly-signature'],
    format: { kind: 'positional', separator: ',' },
    encoding: 'hex',
    template: '{timestamp}.{body}',
    timestamp: { from: { kind: 'position' }, unit: 'milliseconds', tolerance: FIVE_MINUTES },
  },
  eventId: null,
  eventType: joined('.', inBody('object_type'), inBody('event_type')),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.recurly.com/recurly-subscriptions/docs/signature-verification',
  secret: 'The secret key of the endpoint, under Integrations › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: ['Add an endpoint with this address and JSON as its format under Integrations › Webhooks.', 'Copy its secret key here.'],
  deadlineSeconds: 5,
  retries: 'Up to 10 times over several days.',
  cautions: [
    'XML webhooks are not signed, and are refused.',
    'The id in the body is that of the object, not of the event: a redelivery is told by its body.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"testobject0001","object_type":"subscription","site_id":"testsite0001","event_type":"renewed","event_time":"2025-10-09T08:53:19Z","uuid":"00000000000000000000000000000001"}',
}
