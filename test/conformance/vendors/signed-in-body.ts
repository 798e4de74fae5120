import { hmacValidator, Types } from '@adyen/api-library'
import { EventCallbackHelper, EventCallbackRequest } from '@dropbox/sign'
import { BraintreeGateway, Environment } from 'braintree'
import type { VendorCase } from './vendor-case.ts'
import { FORM_TYPE, hmac, passes, post, text, withBody, withLastDigitChanged } from './wire.ts'

/** Senders whose signature is a field of the body and covers some of the others. */

const adyenKey = 'FEED0011FEED0022FEED0033FEED0044FEED0055FEED0066FEED0077FEED0088'
const adyen = new hmacValidator()

type AdyenItem = InstanceType<typeof Types.notification.NotificationRequestItem>

interface AdyenNotification {
  live: string
  notificationItems: { NotificationRequestItem: AdyenItem }[]
}

const adyenPayments: VendorCase = {
  preset: 'adyen-payments',
  package: '@adyen/api-library',
  note: 'eight fields of each item are signed, the rest of the body is not',
  mode: 'vendor-signs',
  secret: adyenKey,
  bodyAuthenticated: false,
  sampleBody: JSON.stringify({
    live: 'false',
    notificationItems: [
      {
        NotificationRequestItem: {
          pspReference: '7914073381342284',
          originalReference: '',
          merchantAccountCode: 'ConformanceMerchant',
          merchantReference: 'order-1',
          amount: { value: 1130, currency: 'EUR' },
          eventCode: 'AUTHORISATION',
          eventDate: '2026-11-25T08:00:00+00:00',
          success: 'true',
        },
      },
    ],
  }),
  sign: async ({ body, url }) => {
    const notification = JSON.parse(body) as AdyenNotification
    for (const { NotificationRequestItem: item } of notification.notificationItems) {
      item.additionalData = { hmacSignature: adyen.calculateHmac(item, adyenKey) }
    }
    return post({ body: JSON.stringify(notification), url }, {})
  },
  vendorAccepts: async (request) => {
    const { notificationItems } = JSON.parse(text(request)) as AdyenNotification
    return notificationItems.every(({ NotificationRequestItem: item }) => adyen.validateHMAC(item, adyenKey))
  },
  tamper: (request) => {
    const body = text(request)
    return withBody(request, withLastDigitChanged(body, body.indexOf('"currency"')))
  },
}

const braintreePublicKey = 'conformance0public'
const braintreePrivateKey = 'conformance0private0key'
const braintree = new BraintreeGateway({
  environment: Environment.Sandbox,
  merchantId: 'conformance',
  publicKey: braintreePublicKey,
  privateKey: braintreePrivateKey,
})

function braintreeForm(payload: string, signature: string): string {
  return new URLSearchParams({ bt_signature: signature, bt_payload: payload }).toString()
}

const braintreeCase: VendorCase = {
  preset: 'braintree',
  package: 'braintree',
  mode: 'vendor-signs',
  secret: braintreePrivateKey,
  settings: () => ({ public_key: braintreePublicKey }),
  bodyAuthenticated: true,
  // The package reads these three lists whenever the event is about a subscription.
  sampleBody:
    '<notification><timestamp type="datetime">2026-11-25T08:00:00Z</timestamp><kind>subscription_went_past_due</kind>' +
    '<subject><subscription><id>sub1</id><transactions type="array"></transactions><add_ons type="array"></add_ons>' +
    '<discounts type="array"></discounts></subscription></subject></notification>',
  sign: async ({ body, url }) => {
    const payload = `${Buffer.from(body).toString('base64')}\n`
    return post({ body: braintreeForm(payload, braintree.webhookTesting.sampleSignature(payload)), url }, {}, FORM_TYPE)
  },
  vendorAccepts: (request) => {
    const form = new URLSearchParams(text(request))
    return passes(() => braintree.webhookNotification.parse(form.get('bt_signature') ?? '', form.get('bt_payload') ?? ''))
  },
  tamper: (request) => {
    const form = new URLSearchParams(text(request))
    const payload = withLastDigitChanged(form.get('bt_payload') ?? '')
    return withBody(request, braintreeForm(payload, form.get('bt_signature') ?? ''))
  },
}

const dropboxSignKey = 'conformance0dropbox0sign0api0key'
const BOUNDARY = '------conformanceBoundary'

interface DropboxSignEvent {
  event: { event_time: string; event_type: string; event_hash?: string }
}

function eventOf(body: string): DropboxSignEvent {
  return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as DropboxSignEvent
}

const dropboxSign: VendorCase = {
  preset: 'dropbox-sign',
  package: '@dropbox/sign',
  note: 'the time and the type of the event are signed, the rest of the body is not',
  mode: 'vendor-verifies',
  secret: dropboxSignKey,
  bodyAuthenticated: false,
  sampleBody: '{"account_guid":"6352","event":{"event_type":"signature_request_sent"}}',
  sign: async ({ body, now, url }) => {
    const { event, ...rest } = JSON.parse(body) as DropboxSignEvent
    const time = String(Math.floor(now.getTime() / 1000))
    const hash = hmac('sha256', dropboxSignKey, time + event.event_type, 'hex')
    const json = JSON.stringify({ ...rest, event: { ...event, event_hash: hash, event_time: time } })
    const multipart = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--${BOUNDARY}--\r\n`
    return post({ body: multipart, url }, {}, `multipart/form-data; boundary=${BOUNDARY}`)
  },
  vendorAccepts: async (request) =>
    EventCallbackHelper.isValid(dropboxSignKey, EventCallbackRequest.init({ ...eventOf(text(request)) })),
  tamper: (request) => withBody(request, withLastDigitChanged(text(request))),
}

export const signedInBodyCases = [adyenPayments, braintreeCase, dropboxSign]
