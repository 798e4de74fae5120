import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, SIGNED_CONTENT } from './families.ts'

/**
 * Each item of the JSON body carries a base64 HMAC-SHA256 of eight of its fields in `additionalData.hmacSignature`; the key is hex. The
 * facts are of the first item, and usually there is one.
 * https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'adyen-payments',
  title: 'Adyen standard webhooks (payments)',
  verification: { scheme: 'adyen-payments' },
  eventId: inBody('notificationItems.0.NotificationRequestItem.pspReference'),
  eventType: inBody('notificationItems.0.NotificationRequestItem.eventCode'),
  dedupe: SIGNED_CONTENT,
  bodyAuthenticated: false,
  reply: { status: 200, body: { kind: 'text', text: '[accepted]', contentType: 'text/plain' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/',
  secret: 'The HMAC key of the webhook (64 hex digits), under Developers › Webhooks › your webhook › Security.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a standard webhook with this address under Developers › Webhooks, with JSON as its method.',
    'Generate an HMAC key there, save, and paste the key here.',
  ],
  deadlineSeconds: 10,
  retries: 'Three times at once, then after 2 minutes to 8 hours each, for up to 30 days.',
  cautions: [
    'Signed are only references, account, amount, event code and success of each item: reason, payment method, date and the rest are not.',
    'A new HMAC key takes minutes to spread: keep the old one as previous.',
    'Forms and SOAP are refused: only JSON carries signatures that are checked here.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"live":"false","notificationItems":[{"NotificationRequestItem":{"amount":{"currency":"EUR","value":1000},"eventCode":"AUTHORISATION","eventDate":"2025-10-09T08:53:19+02:00","merchantAccountCode":"TestMerchant","merchantReference":"test-order-1","paymentMethod":"visa","pspReference":"TEST000000000001","reason":"","success":"true"}}]}',
}
