import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `Typeform-Signature: sha256=<base64>` over the raw body: base64, in spite of the prefix.
 * https://www.typeform.com/developers/webhooks/secure-your-webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'typeform',
  title: 'Typeform',
  verification: bodyHmac({ header: 'typeform-signature', prefix: 'sha256=', encoding: 'base64' }),
  eventId: inBody('event_id'),
  eventType: inBody('event_type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
  secret: 'The secret you give the webhook, under the form’s Connect › Webhooks › Edit.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a webhook with this address under the form’s Connect › Webhooks.',
    'Set a secret there and paste it here, then switch the webhook on.',
  ],
  deadlineSeconds: 30,
  retries: 'For about 10 hours with growing pauses; a webhook that keeps failing is switched off.',
  cautions: ['A webhook without a secret is not signed and is refused.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event_id":"01TESTEVENT","event_type":"form_response","form_response":{"form_id":"lT4Z3j","token":"a3a12ec67a1365927098a606107fac15","submitted_at":"2025-10-09T08:53:19Z"}}',
}
