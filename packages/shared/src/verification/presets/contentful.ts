import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON } from './families.ts'

/**
 * `X-Contentful-Signature`: hex HMAC-SHA256 over a canonical request with the headers that `X-Contentful-Signed-Headers` lists; see
 * `schemes/contentful.ts`. As in Contentful’s toolkit, a signature of 30 s is too old. Topic and idempotency key count only where
 * they are signed. https://www.contentful.com/developers/docs/webhooks/request-verification/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'contentful',
  title: 'Contentful',
  verification: { scheme: 'contentful', tolerance: { pastSeconds: 29, futureSeconds: 30 } },
  eventId: { kind: 'claim', name: 'idempotencyKey' },
  eventType: { kind: 'claim', name: 'topic' },
  dedupe: { by: 'id' },
  methods: ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.contentful.com/developers/docs/webhooks/request-verification/',
  secret: 'The signing secret for request verification (64 characters), under Settings › Webhooks › Settings.',
  settings: [],
  signsUrl: true,
  steps: [
    'Enable request verification under Settings › Webhooks › Settings and copy the secret here.',
    'Create a webhook with this address, and switch the idempotency key header on.',
  ],
  deadlineSeconds: 30,
  retries: 'Twice more, 30 seconds apart.',
  cautions: [
    'A signature is good for 30 seconds, so the clocks must agree.',
    'Path and query are signed: set the registered address here where something in front of us changes them.',
    'Without the idempotency key, a redelivery is told by its body.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/vnd.contentful.management.v1+json',
  headers: {
    'x-contentful-topic': 'ContentManagement.Entry.publish',
    'x-contentful-idempotency-key': 'test-idempotency-key-0001',
  },
  body: '{"sys":{"type":"Entry","id":"testEntry0001","revision":2,"contentType":{"sys":{"id":"page"}}},"fields":{"title":{"en-US":"Test"}}}',
}
