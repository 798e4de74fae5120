import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-PagerDuty-Signature: v1=<hex>[,v1=<hex>…]` over the raw body (webhooks v3); any of them may match.
 * https://developer.pagerduty.com/docs/verifying-webhook-signatures
 */
export const preset: Preset = {
  ...COMMON,
  id: 'pagerduty',
  title: 'PagerDuty',
  verification: bodyHmac({ header: 'x-pagerduty-signature', prefix: 'v1=', separator: ',' }),
  eventId: inBody('event.id'),
  eventType: inBody('event.event_type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.pagerduty.com/docs/verifying-webhook-signatures',
  secret: 'The signing secret that is shown once, when the subscription is created.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a subscription with this address under Integrations › Generic Webhooks (v3).',
    'Copy the secret that is shown and paste it here.',
  ],
  deadlineSeconds: 5,
  retries: '10 times over 48 hours; a subscription that keeps failing is disabled for a while.',
  cautions: [
    'The test button sends an event of type `pagey.ping`.',
    'Webhooks of the older versions 1 and 2 are not signed and are refused.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-webhook-id': 'PSU9D3K' },
  body: '{"event":{"id":"01TESTEVENT0000000000000000","event_type":"incident.triggered","resource_type":"incident","occurred_at":"2025-10-09T08:53:19.000Z","data":{"id":"PGR0VU2","type":"incident","title":"A test incident"}}}',
}
