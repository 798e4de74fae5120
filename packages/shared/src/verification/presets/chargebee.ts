import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, sharedToken } from './families.ts'

/**
 * Basic authentication; nothing is signed. https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'basic' }),
  id: 'chargebee',
  title: 'Chargebee',
  eventId: inBody('id'),
  eventType: inBody('event_type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings',
  secret: 'user:password, as you give them to Chargebee. Choose both freely, the password long and random.',
  settings: [],
  signsUrl: false,
  steps: [
    'Open Settings › Configure Chargebee › Webhooks and add this address.',
    'Tick basic authentication, and enter the user and the password.',
  ],
  deadlineSeconds: 20,
  retries: 'Seven times over two days with growing pauses, under the same id.',
  cautions: [
    'The body is not signed: whoever learns the password can send anything. Where it matters, read the event by its id through the API.',
    'Events may arrive out of order: compare resource_version.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json;charset=utf-8',
  headers: {},
  body: '{"id":"ev_sample_0001","occurred_at":1760000000,"source":"scheduled_job","object":"event","api_version":"v2","event_type":"subscription_renewed","webhook_status":"scheduled","content":{"subscription":{"id":"sub_sample","status":"active"}}}',
}
