import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inForm } from './families.ts'

/**
 * A form whose `p_signature` is a base64 RSA-SHA1 signature over PHP’s `serialize()` of the other fields, sorted by name.
 * https://developer.paddle.com/classic/guides/zg9joji1mzu0mduy-verifying-webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'paddle-classic',
  title: 'Paddle Classic',
  verification: { scheme: 'paddle-classic' },
  eventId: inForm('alert_id'),
  eventType: inForm('alert_name'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.paddle.com/classic/guides/zg9joji1mzu0mduy-verifying-webhooks',
  secret: 'The public key of the account (PEM, with its BEGIN and END lines), under Developer Tools › Public Key.',
  settings: [],
  signsUrl: false,
  steps: ['Enter this address under Developer Tools › Alerts / Webhooks and choose the alerts.', 'Paste the public key here.'],
  deadlineSeconds: null,
  retries: 'For up to 3 days, with growing pauses.',
  cautions: [
    'The signature uses SHA-1 and no time: move to Paddle Billing where you can.',
    'Every field is signed, empty ones too: nothing on the way may add or drop one.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/x-www-form-urlencoded',
  headers: {},
  body: 'alert_id=1000000001&alert_name=subscription_updated&currency=EUR&email=customer%40example.com&event_time=2025-10-09+08%3A53%3A19&marketing_consent=&quantity=1&status=active&subscription_id=1001&unit_price=19.99',
}
