import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, inHeader } from './families.ts'

/**
 * What proves it is in `schemes/azure-event-grid.ts`. Events come as an array (Event Grid's schema, or a batch of CloudEvents)
 * or as a single CloudEvent. https://learn.microsoft.com/azure/event-grid/webhook-event-delivery
 */
export const preset: Preset = {
  ...COMMON,
  id: 'azure-event-grid',
  title: 'Azure Event Grid',
  verification: { scheme: 'azure-event-grid' },
  eventId: firstOf(inBody('0.id'), inBody('id'), inHeader('ce-id')),
  eventType: firstOf(
    inBody('0.eventType'),
    inBody('0.type'),
    inBody('eventType'),
    inBody('type'),
    inHeader('ce-type'),
    inHeader('aeg-event-type'),
  ),
  // A batch may begin with an event that another one began with; every event in it has an id of its own.
  dedupe: { by: 'body' },
  bodyAuthenticated: false,
  handshakes: ['event-grid', 'cloudevents'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://learn.microsoft.com/azure/event-grid/security-authentication',
  secret:
    'A long random text that you put into the query of the address (…?code=TEXT). Not needed where a token of Microsoft Entra ID is demanded.',
  settings: [
    {
      name: 'tokenParameter',
      title: 'Name of the query parameter, if it is not code, token, key or secret',
      required: false,
      list: false,
    },
    { name: 'audience', title: 'Application id or URI that Event Grid fetches a token for', required: false, list: true },
    { name: 'tenantId', title: 'Tenant that issues the token; needed with an audience', required: false, list: true },
    {
      name: 'senderAppId',
      title: 'Application that delivers, if it is not Event Grid of public Azure',
      required: false,
      list: true,
    },
  ],
  signsUrl: false,
  steps: [
    'Choose a secret, or register an application for Event Grid to fetch tokens for, and configure it here.',
    'Create an event subscription of type web hook with this address; append ?code= and the secret, or enable Microsoft Entra ID under its delivery settings.',
  ],
  deadlineSeconds: 30,
  retries: 'Up to 30 times over 24 hours.',
  cautions: [
    'Nothing is signed: whoever knows the address with its secret can write any event. Where both are configured, secret and token must be there.',
    'A request may carry several events: it is one webhook here, and the id and type shown are those of the first.',
    'Only tokens that the public cloud’s Microsoft Entra ID issued are believed.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json; charset=utf-8',
  headers: { 'aeg-event-type': 'Notification' },
  body: '[{"id":"event_test_1","topic":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a","subject":"/blobServices/default/containers/c/blobs/b","eventType":"Microsoft.Storage.BlobCreated","eventTime":"2025-10-09T08:53:19Z","data":{"api":"PutBlob"},"dataVersion":"","metadataVersion":"1"}]',
}
