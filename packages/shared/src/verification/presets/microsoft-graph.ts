import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, joined } from './families.ts'

/**
 * What proves it is in `schemes/microsoft-graph.ts`. Notifications need not have an id, and two changes of one resource may
 * look alike to the byte, so a body counts as seen for seconds only.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'microsoft-graph',
  title: 'Microsoft Graph change notifications',
  verification: { scheme: 'microsoft-graph' },
  eventId: firstOf(
    inBody('value.0.id'),
    joined(':', inBody('value.0.subscriptionId'), inBody('value.0.resource'), inBody('value.0.changeType')),
  ),
  eventType: firstOf(inBody('value.0.changeType'), inBody('value.0.lifecycleEvent')),
  dedupe: { by: 'body', windowMs: 10_000 },
  bodyAuthenticated: false,
  handshakes: ['microsoft-graph'],
  reply: { status: 202, body: { kind: 'empty' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
  secret: 'The client state: a long random text (at most 128 characters) that you give when you create the subscription.',
  settings: [
    { name: 'appId', title: 'Your application’s id, for notifications with resource data', required: false, list: true },
    {
      name: 'tenantIds',
      title: 'Tenants whose notifications are taken; without any, every tenant’s',
      required: false,
      list: true,
    },
  ],
  signsUrl: false,
  steps: [
    'Choose a client state and paste it here.',
    'Create the subscription with this address as notificationUrl and, if you like, as lifecycleNotificationUrl, and with that clientState.',
    'For notifications with resource data, give your application’s id here.',
  ],
  deadlineSeconds: 3,
  retries: 'For up to 4 hours, at growing intervals.',
  cautions: [
    'Nothing is signed: whoever knows the client state can write any notification. Read the resource from Graph before acting.',
    'A request may carry notifications of several subscriptions: it is one webhook here, and the id and type shown are those of the first.',
    'Notifications with resource data are refused unless the application’s id is set and their tokens are Microsoft’s. Their content stays encrypted.',
    'Only the public cloud’s tokens are believed.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json; charset=utf-8',
  headers: {},
  body: '{"value":[{"id":"notification_test_1","subscriptionId":"00000000-0000-4000-8000-000000000001","subscriptionExpirationDateTime":"2025-10-10T08:53:19Z","clientState":"","changeType":"created","resource":"users/u1/messages/m1","tenantId":"11111111-2222-4333-8444-555555555555","resourceData":{"@odata.type":"#Microsoft.Graph.Message","id":"m1"}}]}',
}
