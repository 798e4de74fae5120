import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { SIGNED_ID, standardWebhooks } from './families.ts'

/**
 * Standard Webhooks. A secret without `whsec_` is the key’s text itself, as in OpenAI’s own libraries.
 * https://platform.openai.com/docs/guides/webhooks
 */
export const preset: Preset = {
  ...SIGNED_ID,
  id: 'openai',
  title: 'OpenAI',
  verification: standardWebhooks({ key: { encoding: 'base64', prefix: 'whsec_', rawWithoutPrefix: true } }),
}

export const guide: SenderGuide = {
  docsUrl: 'https://platform.openai.com/docs/guides/webhooks',
  secret: 'The webhook’s signing secret (whsec_…), shown once when the endpoint is made. Paste it with its prefix.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the project’s settings, open Webhooks and create an endpoint with this address.',
    'Choose the events and copy the signing secret here.',
  ],
  deadlineSeconds: null,
  retries: 'Up to 72 hours with growing pauses, under the same webhook-id.',
  cautions: [
    'Events are thin: fetch the response, batch or job by data.id.',
    'The event’s own id in the body is another one than webhook-id; duplicates are told by the latter.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'webhook-id': 'wh_sample_0001' },
  body: '{"id":"evt_sample_0001","object":"event","created_at":1760000000,"type":"response.completed","data":{"id":"resp_sample_0001"}}',
}
