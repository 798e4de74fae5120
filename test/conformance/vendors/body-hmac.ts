import { hmacValidator } from '@adyen/api-library'
import { verifyWebhookSignature as verifyHookdeck } from '@hookdeck/sdk/webhooks/helpers.js'
import { validateSignature } from '@line/bot-sdk'
import { LinearWebhookClient } from '@linear/sdk/webhooks'
import { signWebhookPayload, verifyWebhookSignature as verifyNotion } from '@notionhq/client'
import { sign as signGithub, verify as verifyGithub } from '@octokit/webhooks-methods'
import Razorpay from 'razorpay'
import type { VendorCase } from './vendor-case.ts'
import { header, hmac, passes, post, text } from './wire.ts'

/** Senders that sign nothing but the body. */

const githubSecret = 'conformance github secret'

const github: VendorCase = {
  preset: 'github',
  package: '@octokit/webhooks-methods',
  mode: 'vendor-signs',
  secret: githubSecret,
  bodyAuthenticated: true,
  sampleBody: '{"action":"opened","number":7,"pull_request":{"id":1},"repository":{"full_name":"octo-org/octo-repo"}}',
  sign: async ({ body, url }) =>
    post(
      { body, url },
      {
        'X-GitHub-Delivery': '72d3162e-0000-4000-8000-000000000001',
        'X-GitHub-Event': 'pull_request',
        'X-Hub-Signature-256': await signGithub(githubSecret, body),
      },
    ),
  vendorAccepts: (request) => verifyGithub(githubSecret, text(request), header(request, 'x-hub-signature-256')),
}

const lineSecret = 'conformance line channel secret'

const line: VendorCase = {
  preset: 'line',
  package: '@line/bot-sdk',
  mode: 'vendor-verifies',
  secret: lineSecret,
  bodyAuthenticated: true,
  sampleBody: '{"destination":"U1","events":[{"type":"message","webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR"}]}',
  sign: async ({ body, url }) => post({ body, url }, { 'X-Line-Signature': hmac('sha256', lineSecret, body, 'base64') }),
  vendorAccepts: async (request) => validateSignature(text(request), lineSecret, header(request, 'x-line-signature')),
}

const linearSecret = 'lin_wh_conformance'

// The only time that Linear signs is in the body.
const linear: VendorCase = {
  preset: 'linear',
  package: '@linear/sdk',
  mode: 'vendor-verifies',
  secret: linearSecret,
  bodyAuthenticated: true,
  sampleBody: '{"action":"create","type":"Issue","data":{"id":"i1"},"webhookId":"w1"}',
  sign: async ({ body, now, url }) => {
    const stamped = body.replace(/\}$/, `,"webhookTimestamp":${now.getTime()}}`)
    return post(
      { body: stamped, url },
      {
        'Linear-Delivery': '234d1a4e-0000-4000-8000-000000000001',
        'Linear-Event': 'Issue',
        'Linear-Timestamp': String(now.getTime()),
        'Linear-Signature': hmac('sha256', linearSecret, stamped, 'hex'),
      },
    )
  },
  vendorAccepts: (request) =>
    passes(() => new LinearWebhookClient(linearSecret).verify(Buffer.from(request.body), header(request, 'linear-signature'))),
}

const notionToken = 'secret_conformance_notion'

const notion: VendorCase = {
  preset: 'notion',
  package: '@notionhq/client',
  mode: 'vendor-signs',
  secret: notionToken,
  bodyAuthenticated: true,
  sampleBody: '{"id":"367cba44-0000-4000-8000-000000000001","timestamp":"2026-11-25T08:00:00.000Z","type":"page.created"}',
  sign: async ({ body, url }) =>
    post({ body, url }, { 'X-Notion-Signature': await signWebhookPayload({ body, verificationToken: notionToken }) }),
  vendorAccepts: (request) =>
    verifyNotion({
      body: request.body,
      signature: header(request, 'x-notion-signature'),
      verificationToken: notionToken,
    }),
}

const razorpaySecret = 'conformance razorpay secret'

const razorpay: VendorCase = {
  preset: 'razorpay',
  package: 'razorpay',
  mode: 'vendor-verifies',
  secret: razorpaySecret,
  bodyAuthenticated: true,
  sampleBody: '{"entity":"event","event":"payment.captured","payload":{"payment":{"entity":{"id":"pay_1"}}}}',
  sign: async ({ body, url }) =>
    post({ body, url }, { 'X-Razorpay-Event-Id': 'evt_1', 'X-Razorpay-Signature': hmac('sha256', razorpaySecret, body, 'hex') }),
  vendorAccepts: async (request) =>
    Razorpay.validateWebhookSignature(text(request), header(request, 'x-razorpay-signature'), razorpaySecret),
}

const hookdeckSecret = 'conformance hookdeck secret'

const hookdeck: VendorCase = {
  preset: 'hookdeck',
  package: '@hookdeck/sdk',
  mode: 'vendor-verifies',
  secret: hookdeckSecret,
  bodyAuthenticated: true,
  sampleBody: '{"hello":"hookdeck","id":"x1"}',
  sign: async ({ body, url }) =>
    post(
      { body, url },
      { 'x-hookdeck-eventid': 'evt_1', 'x-hookdeck-signature': hmac('sha256', hookdeckSecret, body, 'base64') },
    ),
  vendorAccepts: async (request) => {
    const headers = Object.fromEntries(new Headers(request.headers))
    const verdict = await verifyHookdeck({ headers, rawBody: text(request), signingSecret: hookdeckSecret })
    return verdict.isValidSignature
  },
}

const adyenKey = 'C0FFEE11C0FFEE22C0FFEE33C0FFEE44C0FFEE55C0FFEE66C0FFEE77C0FFEE88'
const adyen = new hmacValidator()

const adyenPlatform: VendorCase = {
  preset: 'adyen-platform',
  package: '@adyen/api-library',
  mode: 'vendor-signs',
  secret: adyenKey,
  bodyAuthenticated: true,
  sampleBody: '{"data":{"balancePlatform":"Platform1"},"environment":"test","type":"balancePlatform.accountHolder.created"}',
  sign: async ({ body, url }) =>
    post({ body, url }, { protocol: 'HmacSHA256', hmacsignature: adyen.calculateHmac(body, adyenKey) }),
  vendorAccepts: async (request) => adyen.validateHMACSignature(adyenKey, header(request, 'hmacsignature'), text(request)),
}

export const bodyHmacCases = [github, line, linear, notion, razorpay, hookdeck, adyenPlatform]
