import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { inBody, SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks, keyed with the app’s client secret. The Standard Webhooks libraries want it in base64, so operators may have
 * either at hand: the text is tried as it stands, and decoded. The `hash` in the body is no id: equal events share it.
 * https://docs.bigcommerce.com/docs/integrations/webhooks
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'bigcommerce',
  title: 'BigCommerce',
  verification: {
    ...standardWebhooks({ key: { encoding: 'utf8' } }),
    alternatives: [
      {
        algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'base64', prefix: 'whsec_' } },
        format: { kind: 'whole', prefix: 'v1,', separator: ' ' },
      },
    ],
  },
  eventType: inBody('scope'),
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.bigcommerce.com/docs/integrations/webhooks',
  secret: 'The client secret of the app or API account that made the webhook.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create the webhook through the API (POST …/v3/hooks) with this address as the destination, one scope at a time.',
    'Paste the client secret of the same API account here.',
  ],
  deadlineSeconds: 10,
  retries: 'Eleven times over 48 hours; then the webhook is switched off.',
  cautions: [
    'Events are thin: they name a resource by its id, to be read through the API.',
    'Older webhooks are not signed; they prove themselves by headers that you set, which needs a custom sender.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'msg_sample_0010' },
  body: '{"producer":"stores/example","hash":"5f2c8a6f1f0f4a9e8d7c6b5a4f3e2d1c0b9a8f7e","created_at":1760000000,"store_id":"1001","scope":"store/order/statusUpdated","data":{"type":"order","id":173}}',
}
