import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, timedPairs } from './families.ts'

/**
 * `WorkOS-Signature: t=<unix ms>, v1=<hex>` over `{t}.{body}`, good for 3 minutes. The time is in milliseconds.
 * https://workos.com/docs/events/data-syncing/webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'workos',
  title: 'WorkOS',
  verification: timedPairs({
    header: 'workos-signature',
    unit: 'milliseconds',
    tolerance: { pastSeconds: 180, futureSeconds: 180 },
    style: 'padded',
  }),
  eventId: inBody('id'),
  eventType: inBody('event'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://workos.com/docs/events/data-syncing/webhooks',
  secret: 'The signing secret of the endpoint, in the dashboard under Webhooks.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add an endpoint with this address in the dashboard under Webhooks.',
    'Choose the events, and paste the endpoint’s signing secret here.',
  ],
  deadlineSeconds: null,
  retries: 'Up to 6 times over 3 days with growing pauses.',
  cautions: ['Events may come out of order: compare updated_at.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"event_test_1","event":"user.created","data":{"object":"user","id":"user_test_1","email":"person@example.com","email_verified":false},"created_at":"2025-10-09T08:53:19.000Z"}',
}
