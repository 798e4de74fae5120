import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks. https://liveblocks.io/docs/platform/webhooks
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'liveblocks',
  title: 'Liveblocks',
  verification: standardWebhooks(),
}

export const guide: SenderGuide = {
  docsUrl: 'https://liveblocks.io/docs/platform/webhooks',
  secret: 'The endpoint’s signing secret (whsec_…), in the project under Webhooks.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the project’s dashboard, open Webhooks and create an endpoint with this address.',
    'Choose the events, then copy the signing secret here.',
  ],
  deadlineSeconds: null,
  retries: 'Several attempts over more than a day with growing pauses, under the same webhook-id.',
  cautions: ['Changes of storage and documents are throttled: an event stands for all changes of the last minute.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'msg_sample_0008' },
  body: '{"type":"roomCreated","data":{"projectId":"project_1","roomId":"room_1","createdAt":"2025-10-09T08:53:20.000Z"}}',
}
