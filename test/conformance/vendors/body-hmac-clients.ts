import EasyPost from '@easypost/api'
import { ApiVersion, shopifyApi } from '@shopify/shopify-api'
import { StreamClient } from '@stream-io/node-sdk'
import { verifySignature as verifyGocardless } from 'gocardless-nodejs/webhooks'
import ModernTreasury from 'modern-treasury'
import Pusher from 'pusher'
import type { VendorCase } from './vendor-case.ts'
import { asFetchRequest, header, hmac, passes, post, text } from './wire.ts'

/** Senders that sign nothing but the body, and whose verifier belongs to a configured client. */

// Shopify's adapters are loaded for what they do to the package.
await import('@shopify/shopify-api/adapters/web-api')

const shopifySecret = 'conformance shopify client secret'
const shopifyApp = shopifyApi({
  apiKey: 'conformance',
  apiSecretKey: shopifySecret,
  apiVersion: ApiVersion.July26,
  hostName: 'ingress.example.test',
  isEmbeddedApp: false,
  scopes: ['read_orders'],
})

const shopify: VendorCase = {
  preset: 'shopify',
  package: '@shopify/shopify-api',
  mode: 'vendor-verifies',
  secret: shopifySecret,
  bodyAuthenticated: true,
  sampleBody: '{"id":820982911946154500,"email":"jon@example.com","total_price":"403.00","currency":"USD"}',
  sign: async ({ body, now, url }) =>
    post(
      { body, url },
      {
        'X-Shopify-Topic': 'orders/create',
        'X-Shopify-Hmac-Sha256': hmac('sha256', shopifySecret, body, 'base64'),
        'X-Shopify-Shop-Domain': 'conformance.myshopify.com',
        'X-Shopify-API-Version': '2026-07',
        'X-Shopify-Webhook-Id': 'b54557e4-0000-4000-8000-000000000001',
        'X-Shopify-Event-Id': '98880550-0000-4000-8000-000000000001',
        'X-Shopify-Triggered-At': now.toISOString(),
      },
    ),
  vendorAccepts: async (request) => {
    const verdict = await shopifyApp.webhooks.validate({ rawBody: text(request), rawRequest: asFetchRequest(request) })
    return verdict.valid
  },
}

const gocardlessSecret = 'conformance gocardless endpoint secret'

const gocardless: VendorCase = {
  preset: 'gocardless',
  package: 'gocardless-nodejs',
  mode: 'vendor-verifies',
  secret: gocardlessSecret,
  bodyAuthenticated: true,
  sampleBody: '{"events":[{"id":"EV1","action":"created","resource_type":"payments"}],"meta":{"webhook_id":"WB1"}}',
  sign: async ({ body, url }) => post({ body, url }, { 'Webhook-Signature': hmac('sha256', gocardlessSecret, body, 'hex') }),
  vendorAccepts: (request) =>
    passes(() => verifyGocardless(text(request), gocardlessSecret, header(request, 'webhook-signature'))),
}

const treasuryKey = 'conformance modern treasury key'
const treasury = new ModernTreasury({ apiKey: 'unused', organizationID: 'unused' })

const modernTreasury: VendorCase = {
  preset: 'modern-treasury',
  package: 'modern-treasury',
  mode: 'vendor-signs',
  secret: treasuryKey,
  bodyAuthenticated: true,
  sampleBody: '{"event":"completed","data":{"id":"po_1","object":"payment_order","status":"completed"}}',
  sign: async ({ body, url }) =>
    post(
      { body, url },
      {
        'X-Topic': 'payment_order',
        'X-Webhook-ID': 'w1',
        'X-Signature': treasury.webhooks.getSignature(body, { key: treasuryKey }),
      },
    ),
  vendorAccepts: async (request) => treasury.webhooks.validateSignature(text(request), request.headers, { key: treasuryKey }),
}

const streamSecret = 'conformance stream api secret'
const stream = new StreamClient('conformance', streamSecret)

const getstream: VendorCase = {
  preset: 'getstream',
  package: '@stream-io/node-sdk',
  mode: 'vendor-verifies',
  secret: streamSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"message.new","cid":"messaging:general","message":{"id":"m1","text":"hi"}}',
  sign: async ({ body, url }) =>
    post({ body, url }, { 'X-Webhook-Id': 'w1', 'X-Signature': hmac('sha256', streamSecret, body, 'hex') }),
  vendorAccepts: async (request) => stream.verifyWebhook(Buffer.from(request.body), header(request, 'x-signature')),
}

const pusherSecret = 'conformance pusher secret'
const pusher = new Pusher({ appId: '1', key: 'conformance-key', secret: pusherSecret, cluster: 'eu' })

const pusherCase: VendorCase = {
  preset: 'pusher',
  package: 'pusher',
  mode: 'vendor-verifies',
  secret: pusherSecret,
  settings: () => ({ key: 'conformance-key' }),
  bodyAuthenticated: true,
  sampleBody: '{"time_ms":1760000000000,"events":[{"name":"channel_occupied","channel":"room-1"}]}',
  sign: async ({ body, url }) =>
    post({ body, url }, { 'X-Pusher-Key': 'conformance-key', 'X-Pusher-Signature': hmac('sha256', pusherSecret, body, 'hex') }),
  vendorAccepts: async (request) =>
    pusher.webhook({ headers: Object.fromEntries(new Headers(request.headers)), rawBody: text(request) }).isValid(),
}

const easypostSecret = 'conformance easypost secret é'
const easypost = new EasyPost('unused')

const easypostCase: VendorCase = {
  preset: 'easypost',
  package: '@easypost/api',
  mode: 'vendor-verifies',
  secret: easypostSecret,
  bodyAuthenticated: true,
  sampleBody: '{"id":"evt_1","object":"Event","description":"tracker.updated","result":{"id":"trk_1"}}',
  sign: async ({ body, url }) => {
    const key = easypostSecret.normalize('NFKD')
    return post({ body, url }, { 'X-Hmac-Signature': `hmac-sha256-hex=${hmac('sha256', key, body, 'hex')}` })
  },
  vendorAccepts: (request) =>
    passes(() => easypost.Utils.validateWebhook(Buffer.from(request.body), request.headers, easypostSecret)),
}

export const bodyHmacClientCases = [shopify, gocardless, modernTreasury, getstream, pusherCase, easypostCase]
