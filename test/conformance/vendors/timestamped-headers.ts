import Mux from '@mux/mux-node'
import { Paddle } from '@paddle/paddle-node-sdk'
import { encodeSignatureHeader, isValidSignature } from '@sanity/webhook'
import { WorkOS } from '@workos-inc/node'
import { sign as signRetell, verify as verifyRetell } from 'retell-sdk'
import { Stripe } from 'stripe'
import type { VendorCase } from './vendor-case.ts'
import { header, hmac, passes, post, text, unixSeconds } from './wire.ts'

/** Senders whose one header carries both the time and the signature. */

const stripeSecret = 'whsec_conformance_stripe_endpoint'

const stripe: VendorCase = {
  preset: 'stripe',
  package: 'stripe',
  mode: 'vendor-signs',
  secret: stripeSecret,
  bodyAuthenticated: true,
  sampleBody: '{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1"}}}',
  sign: async ({ body, now, url }) => {
    const value = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: stripeSecret, timestamp: unixSeconds(now) })
    return post({ body, url }, { 'Stripe-Signature': value })
  },
  vendorAccepts: (request) =>
    passes(() => Stripe.webhooks.constructEvent(text(request), header(request, 'stripe-signature'), stripeSecret)),
}

const paddleSecret = 'pdl_ntfset_conformance'
const paddle = new Paddle('unused')

const paddleBilling: VendorCase = {
  preset: 'paddle-billing',
  package: '@paddle/paddle-node-sdk',
  mode: 'vendor-verifies',
  secret: paddleSecret,
  bodyAuthenticated: true,
  sampleBody:
    '{"event_id":"evt_1","event_type":"transaction.completed","occurred_at":"2026-11-25T08:00:00Z","data":{"id":"txn_1"}}',
  sign: async ({ body, now, url }) => {
    const ts = unixSeconds(now)
    return post({ body, url }, { 'Paddle-Signature': `ts=${ts};h1=${hmac('sha256', paddleSecret, `${ts}:${body}`, 'hex')}` })
  },
  vendorAccepts: (request) => paddle.webhooks.isSignatureValid(text(request), paddleSecret, header(request, 'paddle-signature')),
}

const muxSecret = 'conformance mux secret'
const mux = new Mux({ tokenId: 'unused', tokenSecret: 'unused' })

const muxCase: VendorCase = {
  preset: 'mux',
  package: '@mux/mux-node',
  mode: 'vendor-verifies',
  secret: muxSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"video.asset.ready","id":"evt_1","object":{"type":"asset","id":"asset_1"}}',
  sign: async ({ body, now, url }) => {
    const t = unixSeconds(now)
    return post({ body, url }, { 'Mux-Signature': `t=${t},v1=${hmac('sha256', muxSecret, `${t}.${body}`, 'hex')}` })
  },
  vendorAccepts: (request) => passes(() => mux.webhooks.verifySignature(text(request), request.headers, muxSecret)),
}

const workosSecret = 'conformance workos endpoint secret'
const workos = new WorkOS('sk_unused')

const workosCase: VendorCase = {
  preset: 'workos',
  package: '@workos-inc/node',
  mode: 'vendor-signs',
  secret: workosSecret,
  bodyAuthenticated: true,
  sampleBody: '{"id":"event_1","event":"user.created","data":{"object":"user","id":"user_1"}}',
  sign: async ({ body, now, url }) => {
    const t = now.getTime()
    return post(
      { body, url },
      { 'WorkOS-Signature': `t=${t}, v1=${await workos.webhooks.computeSignature(t, body, workosSecret)}` },
    )
  },
  vendorAccepts: (request) =>
    passes(() =>
      workos.webhooks.verifyHeader({
        payload: text(request),
        sigHeader: header(request, 'workos-signature'),
        secret: workosSecret,
      }),
    ),
}

const sanitySecret = 'conformance sanity secret'

const sanity: VendorCase = {
  preset: 'sanity',
  package: '@sanity/webhook',
  mode: 'vendor-signs',
  secret: sanitySecret,
  bodyAuthenticated: true,
  sampleBody: '{"_id":"drafts.post-1","_type":"post","title":"Conformance"}',
  sign: async ({ body, now, url }) =>
    post(
      { body, url },
      {
        'idempotency-key': 'conformance-1',
        'sanity-webhook-signature': await encodeSignatureHeader(body, now.getTime(), sanitySecret),
      },
    ),
  vendorAccepts: (request) => isValidSignature(text(request), header(request, 'sanity-webhook-signature'), sanitySecret),
}

const retellKey = 'key_conformance_retell'

const retell: VendorCase = {
  preset: 'retell',
  package: 'retell-sdk',
  mode: 'vendor-signs',
  secret: retellKey,
  bodyAuthenticated: true,
  sampleBody: '{"event":"call_ended","call":{"call_id":"call_1","agent_id":"agent_1"}}',
  sign: async ({ body, url }) => post({ body, url }, { 'x-retell-signature': await signRetell(body, retellKey) }),
  vendorAccepts: (request) => verifyRetell(text(request), retellKey, header(request, 'x-retell-signature')),
}

export const timestampedHeaderCases = [stripe, paddleBilling, muxCase, workosCase, sanity, retell]
