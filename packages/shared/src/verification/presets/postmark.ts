import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, sharedToken } from './families.ts'

/**
 * Basic authentication, as written into the address; nothing is signed. Several events share a `MessageID`, and only bounces and
 * complaints have an `ID`. https://postmarkapp.com/developer/webhooks/webhooks-overview
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'basic' }),
  id: 'postmark',
  title: 'Postmark',
  eventId: firstOf(inBody('ID'), inBody('MessageID')),
  eventType: inBody('RecordType'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://postmarkapp.com/developer/webhooks/webhooks-overview',
  secret: 'user:password, as you give them to Postmark. Choose both freely, the password long and random.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the message stream, open Webhooks and add this address.',
    'Enter the user and the password under basic auth, and choose the events.',
  ],
  deadlineSeconds: 120,
  retries: 'Up to ten times over about ten hours, for some events less often.',
  cautions: [
    'The body is not signed: whoever learns the password can send anything. Add Postmark’s published addresses to the allow-list.',
    'Opens, clicks and deliveries of a mail share its MessageID: equal bodies count as the same event.',
    'Inbound mail has no RecordType: route it with the pattern *.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"RecordType":"Bounce","ID":42000001,"Type":"HardBounce","MessageID":"7f2c1e4a-3b5d-4c6e-8f90-a1b2c3d4e5f6","Email":"nobody@example.com","BouncedAt":"2025-10-09T08:53:20Z","MessageStream":"outbound"}',
}
