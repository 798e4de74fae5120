import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Mollie-Signature: sha256=<hex>` over the raw body, on webhooks of the newer kind only; the header may come several times.
 * https://docs.mollie.com/reference/webhooks-best-practices
 */
export const preset: Preset = {
  ...COMMON,
  id: 'mollie',
  title: 'Mollie',
  verification: bodyHmac({ header: 'x-mollie-signature', prefix: 'sha256=', separator: ',' }),
  eventId: inBody('id'),
  eventType: inBody('type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.mollie.com/reference/webhooks-new',
  secret: 'The secret of the webhook, shown when it is created in the dashboard or by the API.',
  settings: [],
  signsUrl: false,
  steps: ['Create a webhook with this address under Developers › Webhooks and choose the event types.', 'Paste its secret here.'],
  deadlineSeconds: 15,
  retries: '10 times over 26 hours.',
  cautions: [
    'Classic webhooks (a form with `id=tr_…`, set by webhookUrl on a payment) are not signed and are refused: subscribe with the newer webhooks.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"resource":"event","id":"event_test_1","type":"payment-link.paid","entityId":"pl_test_1","createdAt":"2025-10-09T08:53:19.0Z"}',
}
