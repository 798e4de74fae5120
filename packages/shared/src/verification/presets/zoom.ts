import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, versionedHmac } from './families.ts'

/**
 * `x-zm-signature: v0=<hex>` over `v0:{time}:{body}`. Zoom does not say whether a retry, up to 85 minutes later, is signed anew; old
 * ones are let in for so long, since equal bodies are one event anyway. There is no event id.
 * https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events
 */
export const preset: Preset = {
  ...COMMON,
  id: 'zoom',
  title: 'Zoom',
  verification: versionedHmac({
    header: 'x-zm-signature',
    timeHeader: 'x-zm-request-timestamp',
    version: 'v0',
    tolerance: { pastSeconds: 7_200, futureSeconds: 300 },
  }),
  eventId: null,
  eventType: inBody('event'),
  dedupe: { by: 'body' },
  handshakes: ['zoom'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events',
  secret: 'The secret token of the app, under Features › Event Subscriptions. Not the verification token.',
  settings: [],
  signsUrl: false,
  steps: [
    'Copy the app’s secret token here first: Zoom checks the address with it.',
    'Under Features › Event Subscriptions, add this address and press Validate.',
    'Choose the event types.',
  ],
  deadlineSeconds: 3,
  retries: 'Three times more: after 5 minutes, then 20, then 60.',
  cautions: [
    'There is no event id: equal bodies count as the same event.',
    'Zoom repeats the check of the address every 72 hours and switches it off when it fails.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event":"meeting.started","event_ts":1760000000000,"payload":{"account_id":"account_1","object":{"id":"85000000001","uuid":"4444AAAiAAAAAiAiAiiAii==","host_id":"host_1","topic":"Stand-up","type":2,"start_time":"2025-10-09T08:53:20Z"}}}',
}
