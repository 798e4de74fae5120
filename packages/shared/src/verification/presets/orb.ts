import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, FIVE_MINUTES, inBody, versionedHmac } from './families.ts'

/**
 * `X-Orb-Signature: v1=<hex>[ v1=<hex>]` over `v1:{X-Orb-Timestamp}:{body}`. The time is ISO 8601 without a zone, and means UTC.
 * https://docs.withorb.com/integrations-and-exports/webhooks#webhook-verification
 */
export const preset: Preset = {
  ...COMMON,
  id: 'orb',
  title: 'Orb',
  verification: versionedHmac({
    header: 'x-orb-signature',
    timeHeader: 'x-orb-timestamp',
    version: 'v1',
    unit: 'iso-utc',
    tolerance: FIVE_MINUTES,
    separator: ' ',
  }),
  eventId: inBody('id'),
  eventType: inBody('type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.withorb.com/integrations-and-exports/webhooks',
  secret: 'The signing secret of the endpoint, under Developers › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: ['Add an endpoint with this address under Developers › Webhooks.', 'Copy its signing secret here.'],
  deadlineSeconds: null,
  retries: 'With growing pauses over some days.',
  cautions: ['A signature is good for 5 minutes in both directions.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"evt_test_1","created_at":"2025-10-09T08:53:19+00:00","type":"subscription.started","subscription":{"id":"sub_test_1"}}',
}
