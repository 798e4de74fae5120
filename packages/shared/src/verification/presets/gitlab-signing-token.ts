import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { firstOf, inBody, inHeader, SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks, the id being the idempotency key. The event's name is in a header that is not signed.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#signing-tokens
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'gitlab-signing-token',
  title: 'GitLab (signing token)',
  verification: standardWebhooks(),
  eventType: firstOf(inHeader('x-gitlab-event'), inBody('object_kind')),
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.gitlab.com/user/project/integrations/webhooks/#signing-tokens',
  secret: 'The signing token of the webhook (whsec_…), shown once when it is made.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the project or group, open Settings › Webhooks and add this address.',
    'Let GitLab make a signing token and copy it here, then choose the triggers.',
  ],
  deadlineSeconds: 10,
  retries:
    'After four failures in a row it pauses the webhook, for a minute at first and up to a day; after 40 it stops for good.',
  cautions: [
    'Older GitLab has no signing tokens: use the preset for the secret token.',
    'The event’s name in X-Gitlab-Event is not signed; object_kind in the body is.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': '3d0f8c7e-5b1c-4d52-9a4e-8f0e6b1a2c3d', 'x-gitlab-event': 'Merge Request Hook' },
  body: '{"object_kind":"merge_request","event_type":"merge_request","project":{"id":42,"path_with_namespace":"example/orders"},"object_attributes":{"iid":7,"action":"open","title":"Retry with jitter"}}',
}
