import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks; the prefix of the secret may be left out. The body’s `type` is always `event`: what happened is `data.type`.
 * https://platform.claude.com/docs/en/api/beta/webhooks
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'anthropic',
  title: 'Anthropic',
  verification: standardWebhooks(),
}

export const guide: SenderGuide = {
  docsUrl: 'https://platform.claude.com/docs/en/api/beta/webhooks',
  secret: 'The webhook’s signing key (whsec_… or its base64 alone), shown when the endpoint is made.',
  settings: [],
  signsUrl: false,
  steps: ['In the Console, create a webhook endpoint with this address.', 'Choose the events and copy the signing key here.'],
  deadlineSeconds: null,
  retries: 'It sends again with pauses, under the same webhook-id.',
  cautions: [
    'Every event’s type is “event”. To route by what happened, filter by body.data.type.',
    'Events are thin: fetch the object by data.id.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'msg_sample_0005' },
  body: '{"type":"event","id":"wevt_sample_0001","created_at":"2025-10-09T08:53:20Z","data":{"type":"session.status_idled","id":"session_1","organization_id":"org_1","workspace_id":"wrkspc_1"}}',
}
