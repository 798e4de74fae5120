import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, inHeader, sharedToken } from './families.ts'

/**
 * The secret token, as it is, in `X-Gitlab-Token`. `X-Gitlab-Event-UUID` is shared by hooks that set each other off, so the id is
 * `Idempotency-Key` (since 17.4). https://docs.gitlab.com/user/project/integrations/webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'header', name: 'x-gitlab-token' }),
  id: 'gitlab',
  title: 'GitLab (secret token)',
  eventId: inHeader('idempotency-key'),
  eventType: firstOf(inHeader('x-gitlab-event'), inBody('object_kind')),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  secret: 'The secret token you type into the webhook’s form at GitLab. Choose a long random text.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the project or group, open Settings › Webhooks and add this address.',
    'Enter the secret token and choose the triggers.',
  ],
  deadlineSeconds: 10,
  retries:
    'After four failures in a row it pauses the webhook, for a minute at first and up to a day; after 40 it stops for good.',
  cautions: [
    'The body is not signed: whoever learns the token can send anything. Prefer the signing token where your GitLab has it.',
    'Before 17.4 there is no event id; then only equal bodies count as the same event.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {
    'idempotency-key': '0c1d2e3f-6f53-4c3b-9a9e-2f1f4d6a7b80',
    'x-gitlab-event': 'Push Hook',
    'x-gitlab-event-uuid': '5a9a6c0e-1f0a-4f6e-8f0d-7f7d0f1f2a3b',
  },
  body: '{"object_kind":"push","event_name":"push","ref":"refs/heads/main","checkout_sha":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b","project_id":42,"total_commits_count":1}',
}
