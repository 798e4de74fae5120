import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { firstOf, inBody, standardWebhooks, SVIX_HEADERS, SVIX_ID } from './families.ts'

/**
 * Standard Webhooks under `svix-*` header names, or the plain ones where the sender hides Svix; v1, or v1a with a public key.
 * https://docs.svix.com/receiving/verifying-payloads/how-manual
 */
export const preset: Preset = {
  ...SVIX_ID,
  id: 'svix',
  title: 'Svix',
  verification: standardWebhooks({ headers: SVIX_HEADERS, asymmetric: true }),
  eventType: firstOf(inBody('type'), inBody('eventType'), inBody('event_type')),
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
  secret: 'The endpoint’s signing secret (whsec_…) from the sender’s webhook portal, or its public key (whpk_…).',
  settings: [],
  signsUrl: false,
  steps: ['Add this address as an endpoint in the sender’s webhook portal.', 'Open the endpoint and copy the signing secret.'],
  deadlineSeconds: 15,
  retries: 'Eight attempts over about 28 hours with growing pauses; the id stays the same.',
  cautions: ['For senders that use Svix and have no preset of their own. What the body holds is up to the sender.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'svix-id': 'msg_sample_0002' },
  body: '{"type":"invoice.paid","id":"invoice_1","status":"paid"}',
}
