import { isValidSlackRequest } from '@slack/bolt'
import { AwsLambdaReceiver } from '@zoom/rivet/meetings'
import Orb from 'orb-billing'
import { WebhooksManager } from 'box-node-sdk/managers'
import type { VendorCase } from './vendor-case.ts'
import { header, hmac, passes, post, text, unixSeconds } from './wire.ts'

/** Senders that put the time in one header and the signature over it in another. */

const slackSecret = 'conformance0slack0signing0secret'

const slack: VendorCase = {
  preset: 'slack',
  package: '@slack/bolt',
  mode: 'vendor-verifies',
  secret: slackSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"event_callback","event_id":"Ev1","team_id":"T1","event":{"type":"app_mention","text":"hi"}}',
  sign: async ({ body, now, url }) => {
    const timestamp = String(unixSeconds(now))
    const signature = `v0=${hmac('sha256', slackSecret, `v0:${timestamp}:${body}`, 'hex')}`
    return post({ body, url }, { 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': signature })
  },
  vendorAccepts: async (request) =>
    isValidSlackRequest({
      signingSecret: slackSecret,
      body: text(request),
      headers: {
        'x-slack-signature': header(request, 'x-slack-signature'),
        'x-slack-request-timestamp': Number(header(request, 'x-slack-request-timestamp')),
      },
    }),
}

const zoomSecret = 'conformance zoom secret token'

// The receiver parses the body and signs what it serialises again, so the sample is as JSON.stringify writes it.
const zoom: VendorCase = {
  preset: 'zoom',
  package: '@zoom/rivet',
  mode: 'vendor-verifies',
  secret: zoomSecret,
  bodyAuthenticated: true,
  sampleBody: '{"event":"user.updated","event_ts":1760000000000,"payload":{"account_id":"a1","object":{"id":"u1"}}}',
  sign: async ({ body, now, url }) => {
    const timestamp = String(unixSeconds(now))
    const signature = `v0=${hmac('sha256', zoomSecret, `v0:${timestamp}:${body}`, 'hex')}`
    return post({ body, url }, { 'x-zm-request-timestamp': timestamp, 'x-zm-signature': signature })
  },
  vendorAccepts: async (request) => {
    const handle = new AwsLambdaReceiver({ webhooksSecretToken: zoomSecret }).start()
    const headers = Object.fromEntries(new Headers(request.headers))
    const answer = await handle({ headers, body: text(request), isBase64Encoded: false }, {})
    return answer.statusCode === 200
  },
}

const orbSecret = 'conformance orb webhook secret'
const orb = new Orb({ apiKey: 'unused' })

const orbCase: VendorCase = {
  preset: 'orb',
  package: 'orb-billing',
  mode: 'vendor-verifies',
  secret: orbSecret,
  bodyAuthenticated: true,
  sampleBody: '{"id":"o1","type":"invoice.issued","created_at":"2026-11-25T08:00:00Z","properties":{}}',
  sign: async ({ body, now, url }) => {
    // Orb's time has no zone and means UTC.
    const timestamp = now.toISOString().replace('Z', '')
    const signature = `v1=${hmac('sha256', orbSecret, `v1:${timestamp}:${body}`, 'hex')}`
    return post({ body, url }, { 'X-Orb-Timestamp': timestamp, 'X-Orb-Signature': signature })
  },
  vendorAccepts: (request) => passes(() => orb.webhooks.verifySignature(text(request), request.headers, orbSecret)),
}

const boxPrimaryKey = 'conformance box primary key'

const box: VendorCase = {
  preset: 'box',
  package: 'box-node-sdk',
  mode: 'vendor-verifies',
  secret: boxPrimaryKey,
  bodyAuthenticated: true,
  sampleBody: '{"type":"webhook_event","id":"w1","trigger":"FILE.UPLOADED","source":{"id":"1","type":"file"}}',
  sign: async ({ body, now, url }) => {
    const timestamp = now.toISOString().replace(/\.\d+Z$/, '-00:00')
    return post(
      { body, url },
      {
        'BOX-DELIVERY-ID': 'f96bb54b-0000-4000-8000-000000000001',
        'BOX-DELIVERY-TIMESTAMP': timestamp,
        'BOX-SIGNATURE-ALGORITHM': 'HmacSHA256',
        'BOX-SIGNATURE-VERSION': '1',
        'BOX-SIGNATURE-PRIMARY': hmac('sha256', boxPrimaryKey, body + timestamp, 'base64'),
      },
    )
  },
  vendorAccepts: (request) =>
    WebhooksManager.validateMessage(text(request), Object.fromEntries(new Headers(request.headers)), boxPrimaryKey),
}

export const timestampedPairCases = [slack, zoom, orbCase, box]
