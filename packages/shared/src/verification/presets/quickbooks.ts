import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, joined } from './families.ts'

/**
 * `intuit-signature: <base64>` over the raw body with the verifier token. Bodies are `eventNotifications`, or in the newer form an array
 * of CloudEvents. https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'quickbooks',
  title: 'QuickBooks (Intuit)',
  verification: bodyHmac({ header: 'intuit-signature', encoding: 'base64' }),
  eventId: inBody('0.id'),
  eventType: firstOf(
    joined(
      '.',
      inBody('eventNotifications.0.dataChangeEvent.entities.0.name'),
      inBody('eventNotifications.0.dataChangeEvent.entities.0.operation'),
    ),
    inBody('0.type'),
  ),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks',
  secret: 'The verifier token, in the developer portal under your app › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: [
    'Enter this address under your app › Webhooks in the developer portal and choose the entities.',
    'Paste the verifier token here.',
  ],
  deadlineSeconds: 3,
  retries: 'After 20, 30 and 50 minutes; an address that keeps failing is deactivated.',
  cautions: [
    'Several changes of several companies come together; the type shown is that of the first.',
    'Sandbox and production have a token each.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":[{"name":"Customer","id":"1","operation":"Create","lastUpdated":"2025-10-09T08:53:19.000Z"}]}}]}',
}
