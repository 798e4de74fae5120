import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inHeader } from './families.ts'

/**
 * `X-Hub-Signature: sha256=<hex>` over the raw body: SHA-256 under the name that others use for SHA-1. Cloud and Data Center name
 * the request's id differently. https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'bitbucket',
  title: 'Bitbucket',
  verification: bodyHmac({ header: 'x-hub-signature', prefix: 'sha256=' }),
  eventId: firstOf(inHeader('x-request-uuid'), inHeader('x-request-id')),
  eventType: inHeader('x-event-key'),
  dedupe: { by: 'id-and-body', per: inHeader('x-event-key') },
}

export const guide: SenderGuide = {
  docsUrl: 'https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
  secret:
    'The secret you enter or generate in the webhook’s form. Without one, Bitbucket signs nothing and every event is refused.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the repository or workspace, open Settings › Webhooks and add this address.',
    'Enter the secret and choose the triggers.',
  ],
  deadlineSeconds: 10,
  retries: 'Bitbucket Cloud tries twice more after a 5xx answer or a time-out.',
  cautions: [
    'The request’s id and the event’s key are headers that are not signed: equal bodies of one key count as the same event too.',
    'Data Center’s “Test connection” sends {"test":true}; it is stored and matches no route.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-request-uuid': '8f2b9c1e-2f44-4f0e-9a5e-1c0d7e6f5a4b', 'x-event-key': 'repo:push' },
  body: '{"actor":{"display_name":"Ola Operator"},"repository":{"full_name":"example/orders"},"push":{"changes":[{"new":{"type":"branch","name":"main"},"forced":false}]}}',
}
