import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `x-vercel-signature: <hex>`, HMAC-SHA-1 over the raw body. https://vercel.com/docs/webhooks/webhooks-api
 */
export const preset: Preset = {
  ...COMMON,
  id: 'vercel',
  title: 'Vercel',
  verification: bodyHmac({ header: 'x-vercel-signature', hash: 'SHA-1' }),
  eventId: inBody('id'),
  eventType: inBody('type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://vercel.com/docs/webhooks/webhooks-api',
  secret: 'The webhook’s secret, shown once when it is created; for an integration, its client secret.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a webhook with this address under the team’s Settings › Webhooks.',
    'Copy the secret that is shown and paste it here.',
  ],
  deadlineSeconds: 30,
  retries: 'For up to 24 hours with growing pauses.',
  cautions: [
    'Vercel signs with SHA-1, the only hash it offers.',
    'Log drains are another product: they use the same header name, but want an address that proves itself with x-vercel-verify.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"uev_test_1","type":"deployment.created","createdAt":1760000000000,"region":"fra1","payload":{"deployment":{"id":"dpl_test_1","name":"example"}}}',
}
