import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inHeader } from './families.ts'

/**
 * `X-WC-Webhook-Signature: <base64>` over the raw body; what is escaped for HTML in the secret counts as the character it stands for.
 * When a webhook is saved, an unsigned form with its number comes first.
 * https://developer.woocommerce.com/docs/apis/rest-api/webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'woocommerce',
  title: 'WooCommerce',
  verification: bodyHmac({
    header: 'x-wc-webhook-signature',
    encoding: 'base64',
    key: { encoding: 'utf8', normalise: 'html' },
  }),
  eventId: inHeader('x-wc-webhook-delivery-id'),
  eventType: inHeader('x-wc-webhook-topic'),
  // The delivery id is a hash of the webhook and the second: two orders in one second share it, so it tells nothing.
  dedupe: { by: 'body' },
  handshakes: ['woocommerce'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://woocommerce.com/document/webhooks/',
  secret: 'The secret of the webhook, under WooCommerce › Settings › Advanced › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a webhook with this address under WooCommerce › Settings › Advanced › Webhooks.',
    'Give it a secret, paste the same one here, and set the webhook active.',
  ],
  deadlineSeconds: 60,
  retries: 'None. After 5 failures in a row the webhook is disabled.',
  cautions: [
    'Give each webhook (topic) a provider of its own: an order’s creation and its update may have the very same body, and equal bodies count as the same event.',
    'Topic and delivery id stand in headers that are not signed.',
    'An empty secret at WooCommerce means the consumer secret of the user who made the webhook.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {
    'x-wc-webhook-delivery-id': '8f14e45fceea167a5a36dedd4bea2543',
    'x-wc-webhook-topic': 'order.created',
    'x-wc-webhook-id': '7',
    'x-wc-webhook-source': 'https://shop.example.com/',
  },
  body: '{"id":727,"number":"727","status":"processing","currency":"EUR","total":"29.35","date_modified_gmt":"2025-10-09T08:53:19"}',
}
