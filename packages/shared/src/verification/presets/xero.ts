import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody, joined } from './families.ts'

/**
 * `x-xero-signature: <base64>` over the raw body. Before it sends events Xero probes with right and wrong signatures and wants exactly
 * 200 or 401, with an empty body. https://developer.xero.com/documentation/guides/webhooks/overview/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'xero',
  title: 'Xero',
  verification: bodyHmac({ header: 'x-xero-signature', encoding: 'base64' }),
  eventId: null,
  eventType: joined('.', inBody('events.0.eventCategory'), inBody('events.0.eventType')),
  dedupe: { by: 'body' },
  reply: { status: 200, body: { kind: 'empty' } },
  refusal: { status: 401, empty: true },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.xero.com/documentation/guides/webhooks/overview/',
  secret:
    'The webhooks key of the app, in the developer portal under your app › Webhooks. It looks like base64 and is used as it is.',
  settings: [],
  signsUrl: false,
  steps: [
    'Enter this address under your app › Webhooks in the developer portal and save.',
    'Paste the webhooks key here, then press “Send intent to receive”.',
  ],
  deadlineSeconds: 5,
  retries: 'For up to 24 hours with growing pauses; then the webhook is disabled.',
  cautions: [
    '“Intent to receive” fails when one of its wrongly signed probes is not answered with 401, so do not limit or block its networks.',
    'Events are thin: read the resource from Xero. Several come together; the type shown is that of the first.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"events":[{"resourceUrl":"https://api.xero.com/api.xro/2.0/Contacts/717f2bfc-c6d4-41fd-b238-3f2f0c0cf777","resourceId":"717f2bfc-c6d4-41fd-b238-3f2f0c0cf777","eventDateUtc":"2025-10-09T08:53:19.000","eventType":"UPDATE","eventCategory":"CONTACT","tenantId":"c2cc9b6e-9458-4c7d-93cc-f02b81b0594f","tenantType":"ORGANISATION"}],"firstEventSequence":1,"lastEventSequence":1,"entropy":"S0m3r4Nd0mt3xt"}',
}
