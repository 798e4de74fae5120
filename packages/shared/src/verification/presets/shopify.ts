import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inHeader } from './families.ts'

/**
 * Base64 HMAC of the raw body, keyed with the app's client secret. The newer Events name their headers without `X-`. One change
 * may go out under several topics with the same event id and the very same body, and ids and topics are not signed: the same
 * body under the same topic is the same event. https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 */
export const preset: Preset = {
  ...COMMON,
  id: 'shopify',
  title: 'Shopify',
  verification: {
    ...bodyHmac({ header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
    headers: ['x-shopify-hmac-sha256', 'shopify-hmac-sha256'],
  },
  eventId: firstOf(
    inHeader('x-shopify-event-id'),
    inHeader('x-shopify-webhook-id'),
    inHeader('shopify-event-id'),
    inHeader('shopify-webhook-id'),
  ),
  eventType: firstOf(inHeader('x-shopify-topic'), inHeader('shopify-topic')),
  dedupe: { by: 'body', per: inHeader('x-shopify-topic') },
}

export const guide: SenderGuide = {
  docsUrl: 'https://shopify.dev/docs/apps/build/webhooks/subscribe/https',
  secret:
    'The app’s client secret, under the app’s settings. For webhooks made in a shop’s admin: the key shown under Notifications › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: ['Subscribe to the topics with this address as the endpoint, in the app’s configuration or through the Admin API.'],
  deadlineSeconds: 5,
  retries: 'Eight times over four hours. After eight failures in a row a subscription made through the Admin API is deleted.',
  cautions: [
    'One secret signs for every shop that installed the app, and the shop’s name is a header that is not signed.',
    'A new secret is used up to an hour later: keep the old one as previous.',
    'Topics and ids are headers that are not signed: equal bodies of one topic count as the same event.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {
    'x-shopify-topic': 'orders/create',
    'x-shopify-shop-domain': 'example.myshopify.com',
    'x-shopify-api-version': '2025-10',
    'x-shopify-webhook-id': '6f0f3f1a-2c1b-4a58-9a0d-3f7e1b2c4d5e',
    'x-shopify-event-id': '0b9f7d3e-8a6c-4d1f-9e2b-5c4a3b2d1e0f',
    'x-shopify-triggered-at': '2025-10-09T08:53:20.000000000Z',
  },
  body: '{"id":5551234567890,"name":"#1042","currency":"EUR","total_price":"86.40","financial_status":"paid","line_items":[{"id":13,"title":"Desk lamp","quantity":1}]}',
}
