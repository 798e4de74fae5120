import { verifyWebhook } from '@clerk/backend/webhooks'
import { WebhookHandler } from '@liveblocks/node'
import { webhooks as polarWebhooks } from '@polar-sh/sdk/2026-10'
import { Resend } from 'resend'
import { Webhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import type { VendorCase } from './vendor-case.ts'
import { asFetchRequest, header, hmac, passes, post, text, unixSeconds } from './wire.ts'

type Prefix = 'webhook' | 'svix'

/** A secret as the senders hand it out. */
export function whsec(plain: string): string {
  return `whsec_${btoa(plain)}`
}

/** Signs with the reference implementation, under the header names of the sender. */
export function signStandard(secret: string, id: string, prefix: Prefix = 'webhook'): VendorCase['sign'] {
  return async ({ body, now, url }) =>
    post(
      { body, url },
      {
        [`${prefix}-id`]: id,
        [`${prefix}-timestamp`]: String(unixSeconds(now)),
        [`${prefix}-signature`]: new Webhook(secret).sign(id, now, body),
      },
    )
}

function verifyStandard(secret: string): VendorCase['vendorAccepts'] {
  return (request) => passes(() => new Webhook(secret).verify(text(request), request.headers))
}

function fromReference(preset: string, secret: string, id: string, sampleBody: string): VendorCase {
  return {
    preset,
    package: 'standardwebhooks',
    mode: 'vendor-signs',
    secret,
    bodyAuthenticated: true,
    sampleBody,
    sign: signStandard(secret, id),
    vendorAccepts: verifyStandard(secret),
  }
}

const standardWebhooks = fromReference(
  'standard-webhooks',
  whsec('conformance standard webhooks key'),
  'msg_conformance_1',
  '{"type":"contact.created","timestamp":"2026-11-25T08:00:00Z","data":{"id":"contact_1"}}',
)

// GitLab has no package; its signing token follows Standard Webhooks.
const gitlabSigningToken: VendorCase = {
  ...fromReference(
    'gitlab-signing-token',
    whsec('conformance gitlab signing token'),
    '7d1f0b3c-0000-4000-8000-000000000001',
    '{"object_kind":"push","ref":"refs/heads/main","project_id":15}',
  ),
  thirdParty: true,
}

const svixSecret = whsec('conformance svix endpoint secret')

const svix: VendorCase = {
  preset: 'svix',
  package: 'svix',
  mode: 'vendor-signs',
  secret: svixSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"invoice.paid","id":"invoice_1","status":"paid"}',
  sign: async ({ body, now, url }) =>
    post(
      { body, url },
      {
        'svix-id': 'msg_conformance_2',
        'svix-timestamp': String(unixSeconds(now)),
        'svix-signature': new SvixWebhook(svixSecret).sign('msg_conformance_2', now, body),
      },
    ),
  vendorAccepts: (request) => passes(() => new SvixWebhook(svixSecret).verify(text(request), request.headers)),
}

const clerkSecret = whsec('conformance clerk signing secret')

const clerk: VendorCase = {
  preset: 'clerk',
  package: '@clerk/backend',
  mode: 'vendor-verifies',
  secret: clerkSecret,
  bodyAuthenticated: true,
  sampleBody: '{"data":{"id":"user_1","object":"user"},"object":"event","type":"user.created","timestamp":1760000000000}',
  sign: signStandard(clerkSecret, 'msg_conformance_3', 'svix'),
  vendorAccepts: (request) => passes(() => verifyWebhook(asFetchRequest(request), { signingSecret: clerkSecret })),
}

const resendSecret = whsec('conformance resend signing secret')

const resend: VendorCase = {
  preset: 'resend',
  package: 'resend',
  mode: 'vendor-verifies',
  secret: resendSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"email.delivered","created_at":"2026-11-25T08:00:00.000Z","data":{"email_id":"email_1"}}',
  sign: signStandard(resendSecret, 'msg_conformance_4', 'svix'),
  vendorAccepts: (request) =>
    passes(() =>
      new Resend('re_conformance').webhooks.verify({
        payload: text(request),
        headers: {
          id: header(request, 'svix-id'),
          timestamp: header(request, 'svix-timestamp'),
          signature: header(request, 'svix-signature'),
        },
        webhookSecret: resendSecret,
      }),
    ),
}

const liveblocksSecret = whsec('conformance liveblocks secret')

const liveblocks: VendorCase = {
  preset: 'liveblocks',
  package: '@liveblocks/node',
  mode: 'vendor-verifies',
  secret: liveblocksSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"roomCreated","data":{"projectId":"p1","roomId":"r1","createdAt":"2026-11-25T08:00:00.000Z"}}',
  sign: signStandard(liveblocksSecret, 'msg_conformance_5'),
  vendorAccepts: (request) =>
    passes(() =>
      new WebhookHandler(liveblocksSecret).verifyRequest({ headers: new Headers(request.headers), rawBody: text(request) }),
    ),
}

// Polar's secret is the key itself, not its base64.
const polarSecret = 'conformance polar secret'

const polar: VendorCase = {
  preset: 'polar',
  package: '@polar-sh/sdk',
  mode: 'vendor-verifies',
  secret: polarSecret,
  bodyAuthenticated: true,
  sampleBody: '{"type":"benefit.created","timestamp":"2026-11-25T08:00:00Z","data":{"id":"b1"}}',
  sign: async ({ body, now, url }) => {
    const id = 'msg_conformance_6'
    const timestamp = String(unixSeconds(now))
    const signature = `v1,${hmac('sha256', polarSecret, `${id}.${timestamp}.${body}`, 'base64')}`
    return post({ body, url }, { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature })
  },
  vendorAccepts: (request) => passes(() => polarWebhooks.validateEvent(text(request), request.headers, polarSecret)),
}

export const standardWebhooksCases = [standardWebhooks, gitlabSigningToken, svix, clerk, resend, liveblocks, polar]
