import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inHeader } from './families.ts'

/**
 * `X-Hub-Signature-256: sha256=<hex>` over the raw body; the SHA-1 in `X-Hub-Signature` is not looked at. With the content type
 * of forms the JSON is in the field `payload`. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export const preset: Preset = {
  ...COMMON,
  id: 'github',
  title: 'GitHub',
  verification: bodyHmac({ header: 'x-hub-signature-256', prefix: 'sha256=' }),
  eventId: inHeader('x-github-delivery'),
  eventType: inHeader('x-github-event'),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
  secret: 'The secret you type into the webhook’s form at GitHub. Choose a long random text; GitHub never shows it again.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the repository, organisation or app, open Settings › Webhooks and add this address.',
    'Choose application/json as the content type and enter the secret.',
    'Choose the events. GitHub sends a ping at once.',
  ],
  deadlineSeconds: 10,
  retries: 'It does not send again by itself. Failed deliveries can be sent again by hand or through its API for three days.',
  cautions: [
    'The delivery id and the event’s name are headers that are not signed: equal bodies count as the same event too.',
    'A delivery that was accepted once is a duplicate when it is sent again by hand; replay it here instead.',
    'With application/x-www-form-urlencoded the event is JSON text in the field payload.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-github-delivery': '4f0d1c52-9a3e-11f0-8b5e-0242ac120002', 'x-github-event': 'issues' },
  body: '{"action":"opened","issue":{"number":12,"title":"Queue stalls at midnight","state":"open"},"repository":{"id":101,"full_name":"example/orders"},"sender":{"login":"octo-operator"}}',
}
