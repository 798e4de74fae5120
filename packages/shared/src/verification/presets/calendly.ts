import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, timedPairs } from './families.ts'

/**
 * `Calendly-Webhook-Signature: t=<unix s>,v1=<hex>` over `{t}.{body}`, good for 3 minutes.
 * https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures
 */
export const preset: Preset = {
  ...COMMON,
  id: 'calendly',
  title: 'Calendly',
  verification: timedPairs({ header: 'calendly-webhook-signature', tolerance: { pastSeconds: 180, futureSeconds: 180 } }),
  eventId: null,
  eventType: inBody('event'),
  dedupe: { by: 'fields', fields: [inBody('event'), inBody('payload.uri'), inBody('created_at')] },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures',
  secret: 'The signing key that you give in signing_key when you create the subscription.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create a subscription with POST /webhook_subscriptions, this address as url and a signing_key of your own.',
    'Paste the same signing key here.',
  ],
  deadlineSeconds: 10,
  retries: 'For about 24 hours with growing pauses; then the subscription is disabled.',
  cautions: [
    'Events have no id: event, invitee and time together make one.',
    'A subscription without a signing key is not signed and is refused.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event":"invitee.created","created_at":"2025-10-09T08:53:19.000000Z","created_by":"https://api.calendly.com/users/AAAA","payload":{"uri":"https://api.calendly.com/scheduled_events/BBBB/invitees/CCCC","email":"invitee@example.com","status":"active"}}',
}
