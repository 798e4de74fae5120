import { signRequest, verifyRequest, type CanonicalRequest } from '@contentful/node-apps-toolkit'
import { Signature } from '@hubspot/api-client'
import { WebhooksHelper } from 'square'
import twilio from 'twilio'
import type { VendorCase } from './vendor-case.ts'
import { FORM_TYPE, header, hmac, post, text } from './wire.ts'

/** Senders that sign the public address together with what they post to it. */

const twilioToken = 'conformance0twilio0auth0token000'

function formFields(body: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body))
}

const twilioCase: VendorCase = {
  preset: 'twilio',
  package: 'twilio',
  mode: 'vendor-signs',
  secret: twilioToken,
  signsUrl: true,
  bodyAuthenticated: true,
  sampleBody: 'AccountSid=AC1&Body=Hello%20%26%20welcome&From=%2B14158675309&MessageSid=SM1&NumMedia=0',
  sign: async ({ body, url }) =>
    post(
      { body, url },
      {
        'I-Twilio-Idempotency-Token': 'conformance-1',
        'X-Twilio-Signature': twilio.getExpectedTwilioSignature(twilioToken, url, formFields(body)),
      },
      FORM_TYPE,
    ),
  vendorAccepts: async (request) =>
    twilio.validateRequest(twilioToken, header(request, 'x-twilio-signature'), request.url, formFields(text(request))),
}

const squareKey = 'conformance square signature key'

const square: VendorCase = {
  preset: 'square',
  package: 'square',
  mode: 'vendor-verifies',
  secret: squareKey,
  settings: (url) => ({ notification_url: url }),
  signsUrl: true,
  bodyAuthenticated: true,
  sampleBody: '{"merchant_id":"M1","type":"payment.created","event_id":"13b867cf-0000-4000-8000-000000000001"}',
  sign: async ({ body, url }) =>
    post({ body, url }, { 'x-square-hmacsha256-signature': hmac('sha256', squareKey, url + body, 'base64') }),
  vendorAccepts: (request) =>
    WebhooksHelper.verifySignature({
      requestBody: text(request),
      signatureHeader: header(request, 'x-square-hmacsha256-signature'),
      signatureKey: squareKey,
      notificationUrl: request.url,
    }),
}

const hubspotSecret = 'cccccccc-0000-4000-8000-cccccccccccc'
const hubspotBody = '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"subscriptionType":"contact.creation","objectId":123}]'

function hubspot(version: 'v1' | 'v2' | 'v3'): VendorCase {
  const options = (body: string, url: string, timestamp?: number) => ({
    clientSecret: hubspotSecret,
    requestBody: body,
    signatureVersion: version,
    method: 'POST',
    url,
    timestamp,
  })
  return {
    preset: `hubspot-${version}`,
    package: '@hubspot/api-client',
    mode: 'vendor-signs',
    secret: hubspotSecret,
    settings: () => ({ version }),
    signsUrl: version === 'v1' ? undefined : true,
    bodyAuthenticated: true,
    sampleBody: hubspotBody,
    sign: async ({ body, now, url }) => {
      const timestamp = now.getTime()
      const signature = Signature.getSignature('POST', version, { ...options(body, url, timestamp), signature: '' })
      const headers: Record<string, string> =
        version === 'v3'
          ? { 'X-HubSpot-Request-Timestamp': String(timestamp), 'X-HubSpot-Signature-v3': signature }
          : { 'X-HubSpot-Signature-Version': version, 'X-HubSpot-Signature': signature }
      return post({ body, url }, headers)
    },
    vendorAccepts: async (request) => {
      const isV3 = version === 'v3'
      const timestamp = isV3 ? Number(header(request, 'x-hubspot-request-timestamp')) : undefined
      const signature = header(request, isV3 ? 'x-hubspot-signature-v3' : 'x-hubspot-signature')
      return Signature.isValid({ ...options(text(request), request.url, timestamp), signature })
    },
  }
}

const contentfulSecret = 'conformance-contentful-request-verification'.padEnd(64, '0')

function canonical(url: string, headers: Record<string, string>, body: string): CanonicalRequest {
  const { pathname, search } = new URL(url)
  return { method: 'POST', path: pathname + search, headers, body }
}

const contentful: VendorCase = {
  preset: 'contentful',
  package: '@contentful/node-apps-toolkit',
  mode: 'vendor-signs',
  secret: contentfulSecret,
  signsUrl: true,
  bodyAuthenticated: true,
  sampleBody: '{"sys":{"type":"Entry","id":"5KsDBWseXY6QegucYAoacS","revision":2},"fields":{}}',
  sign: async ({ body, now, url }) => {
    const contentType = 'application/vnd.contentful.management.v1+json'
    const headers = { 'content-type': contentType, 'x-contentful-topic': 'ContentManagement.Entry.publish' }
    const signed = signRequest(contentfulSecret, canonical(url, { ...headers }, body), now.getTime())
    return post({ body, url }, { ...headers, ...signed }, contentType)
  },
  vendorAccepts: async (request) => {
    const headers = Object.fromEntries(new Headers(request.headers))
    return verifyRequest(contentfulSecret, canonical(request.url, headers, text(request)))
  },
}

export const boundToUrlCases = [twilioCase, square, hubspot('v1'), hubspot('v2'), hubspot('v3'), contentful]
