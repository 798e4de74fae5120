import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, SIGNED_CONTENT } from './families.ts'

/**
 * A form with `bt_payload`, base64 of XML, and `bt_signature`, `{public key}|{hex HMAC-SHA1}`; see `schemes/braintree.ts`, which finds the
 * event’s kind in the XML. https://developer.paypal.com/braintree/docs/guides/webhooks/parse
 */
export const preset: Preset = {
  ...COMMON,
  id: 'braintree',
  title: 'Braintree',
  verification: { scheme: 'braintree' },
  eventId: null,
  eventType: { kind: 'claim', name: 'kind' },
  dedupe: SIGNED_CONTENT,
  handshakes: ['braintree'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.paypal.com/braintree/docs/guides/webhooks/overview',
  secret: 'The private key of an API key pair, under Settings › API in the control panel.',
  settings: [{ name: 'publicKey', title: 'Public key of the same pair', required: true, list: true }],
  signsUrl: false,
  steps: [
    'Set public and private key here before you add the webhook: Braintree asks for a proof of both.',
    'Create a webhook with this address under Settings › API › Webhooks, and check its URL there.',
  ],
  deadlineSeconds: 30,
  retries: 'Every hour, for 24 hours in production and 3 in the sandbox.',
  cautions: [
    'The event is XML inside base64 inside a form: mappings see the form. Type and signature are checked here, ids are not looked for.',
    'Braintree signs no time that ends: only the window in which duplicates are noticed stops a replay.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  // The XML; signing wraps it into the form that is sent.
  contentType: 'application/x-www-form-urlencoded',
  headers: {},
  body: '<notification><timestamp type="datetime">2025-10-09T08:53:19Z</timestamp><kind>subscription_charged_successfully</kind><subject><subscription><id>test01</id><status>Active</status></subscription></subject></notification>',
}
