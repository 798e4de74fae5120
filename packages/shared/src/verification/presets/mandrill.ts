import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inForm, SIGNED_CONTENT } from './families.ts'

/**
 * `X-Mandrill-Signature`: base64 HMAC-SHA1 over the registered address and the form’s fields. The events are JSON in the field
 * `mandrill_events`, up to 1,000 of them; the facts are of the first.
 * https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
 */
export const preset: Preset = {
  ...COMMON,
  id: 'mandrill',
  title: 'Mandrill (Mailchimp Transactional)',
  verification: { scheme: 'mandrill' },
  eventId: { ...inForm('mandrill_events'), path: '0._id' },
  eventType: { ...inForm('mandrill_events'), path: '0.event' },
  dedupe: SIGNED_CONTENT,
  handshakes: ['head'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/',
  secret: 'The key of the webhook, under Settings › Webhooks in Mandrill. Every webhook has its own.',
  settings: [],
  signsUrl: true,
  steps: [
    'Add a webhook with this address under Settings › Webhooks.',
    'Set the registered address here exactly as entered there, and paste the webhook’s key.',
  ],
  deadlineSeconds: null,
  retries: 'Up to 100 times, with growing pauses.',
  cautions: [
    'One request carries a batch; id and type shown are those of its first event.',
    'When a webhook is added, Mandrill signs an empty batch with the key test-webhook: it is refused, which does no harm.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/x-www-form-urlencoded',
  headers: {},
  body: 'mandrill_events=%5B%7B%22event%22%3A%22open%22%2C%22_id%22%3A%22exampletest00000000000000000001%22%2C%22ts%22%3A1760000000%2C%22msg%22%3A%7B%22email%22%3A%22recipient%40example.com%22%7D%7D%5D',
}
