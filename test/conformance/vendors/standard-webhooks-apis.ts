import Anthropic from '@anthropic-ai/sdk'
import Finch from '@tryfinch/finch-api'
import DodoPayments from 'dodopayments'
import Lithic from 'lithic'
import OpenAI from 'openai'
import { signStandard, whsec } from './standard-webhooks.ts'
import type { VendorCase } from './vendor-case.ts'
import { hmac, passes, post, text, unixSeconds } from './wire.ts'

const openaiSecret = whsec('conformance openai project key')

const openai: VendorCase = {
  preset: 'openai',
  package: 'openai',
  mode: 'vendor-verifies',
  secret: openaiSecret,
  bodyAuthenticated: true,
  sampleBody: '{"id":"evt_1","object":"event","created_at":1760000000,"type":"response.completed","data":{"id":"resp_1"}}',
  sign: signStandard(openaiSecret, 'wh_conformance_1'),
  vendorAccepts: (request) =>
    passes(() =>
      new OpenAI({ apiKey: 'unused' }).webhooks.verifySignature(text(request), new Headers(request.headers), openaiSecret),
    ),
}

const anthropicSecret = whsec('conformance anthropic key')

const anthropic: VendorCase = {
  preset: 'anthropic',
  package: '@anthropic-ai/sdk',
  mode: 'vendor-verifies',
  secret: anthropicSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"event","id":"wevt_1","created_at":"2026-11-25T08:00:00Z","data":{"type":"session.completed","id":"s1"}}',
  sign: signStandard(anthropicSecret, 'msg_conformance_7'),
  vendorAccepts: (request) =>
    passes(() =>
      new Anthropic({ apiKey: 'unused' }).beta.webhooks.unwrap(text(request), { headers: request.headers, key: anthropicSecret }),
    ),
}

const dodoSecret = whsec('conformance dodo payments key')

const dodopayments: VendorCase = {
  preset: 'dodopayments',
  package: 'dodopayments',
  mode: 'vendor-verifies',
  secret: dodoSecret,
  bodyAuthenticated: true,
  sampleBody:
    '{"business_id":"bus_1","type":"payment.succeeded","timestamp":"2026-11-25T08:00:00Z","data":{"payment_id":"pay_1"}}',
  sign: signStandard(dodoSecret, 'msg_conformance_8'),
  vendorAccepts: (request) =>
    passes(() =>
      new DodoPayments({ bearerToken: 'unused' }).webhooks.unwrap(text(request), { headers: request.headers, key: dodoSecret }),
    ),
}

const lithicSecret = whsec('conformance lithic secret')

const lithic: VendorCase = {
  preset: 'lithic',
  package: 'lithic',
  mode: 'vendor-verifies',
  secret: lithicSecret,
  bodyAuthenticated: true,
  sampleBody: '{"event_type":"card.created","card_token":"00000000-0000-4000-8000-000000000001"}',
  sign: signStandard(lithicSecret, 'msg_conformance_9'),
  vendorAccepts: (request) =>
    passes(() => new Lithic({ apiKey: 'unused' }).webhooks.verifySignature(text(request), request.headers, lithicSecret)),
}

// Finch decodes its secret strictly and without a prefix.
const finchSecret = btoa('conformance finch webhook secret')
const finchWebhooks = new Finch({ clientID: 'unused', clientSecret: 'unused', accessToken: 'unused' }).webhooks

const finch: VendorCase = {
  preset: 'finch',
  package: '@tryfinch/finch-api',
  mode: 'vendor-verifies',
  secret: finchSecret,
  bodyAuthenticated: true,
  sampleBody: '{"company_id":"c1","event_type":"employment.updated","data":{"individual_id":"i1"}}',
  sign: async ({ body, now, url }) => {
    const id = 'evt_conformance_1'
    const timestamp = String(unixSeconds(now))
    const signature = `v1,${hmac('sha256', Buffer.from(finchSecret, 'base64'), `${id}.${timestamp}.${body}`, 'base64')}`
    return post({ body, url }, { 'Finch-Event-Id': id, 'Finch-Timestamp': timestamp, 'Finch-Signature': signature })
  },
  vendorAccepts: (request) => passes(() => finchWebhooks.verifySignature(text(request), request.headers, finchSecret)),
}

export const standardWebhooksApiCases = [openai, anthropic, dodopayments, lithic, finch]
