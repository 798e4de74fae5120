import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/** The way it signs is in `schemes/paypal.ts`. https://developer.paypal.com/api/rest/webhooks/rest/ */
export const preset: Preset = {
  ...COMMON,
  id: 'paypal',
  title: 'PayPal',
  verification: { scheme: 'paypal' },
  eventId: inBody('id'),
  eventType: inBody('event_type'),
  dedupe: { by: 'id' },
  bodyAuthenticated: false,
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.paypal.com/api/rest/webhooks/rest/',
  secret: 'The id of the webhook (not a secret, but it is signed), beside the webhook under Apps & Credentials › your app.',
  settings: [],
  signsUrl: false,
  steps: ['Add a webhook with this address to the app, live and sandbox each for itself.', 'Paste the webhook’s id here.'],
  deadlineSeconds: null,
  retries: 'Up to 25 times over 3 days.',
  cautions: [
    'Only a checksum (CRC-32) of the body is signed: who holds one signed request can forge others. Before money moves, ask PayPal for the resource.',
    'No age is checked unless the provider has a tolerance.',
    'The certificate is believed because it comes from PayPal’s API over TLS, names PayPal’s signer and has not expired; its chain to a root is not checked.',
    'Events of PayPal’s webhook simulator cannot be verified this way.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"WH-TEST-1","event_version":"1.0","create_time":"2025-10-09T08:53:19Z","resource_type":"capture","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"CAPTURE-TEST-1","amount":{"currency_code":"EUR","value":"12.00"},"status":"COMPLETED"}}',
}
