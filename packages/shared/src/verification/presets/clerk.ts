import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { standardWebhooks, SVIX_HEADERS, SVIX_ID } from './families.ts'

/**
 * Standard Webhooks through Svix, under `svix-*` header names. https://clerk.com/docs/guides/development/webhooks/overview
 */
export const preset: Preset = {
  ...SVIX_ID,
  id: 'clerk',
  title: 'Clerk',
  verification: standardWebhooks({ headers: SVIX_HEADERS }),
}

export const guide: SenderGuide = {
  docsUrl: 'https://clerk.com/docs/guides/development/webhooks/overview',
  secret: 'The endpoint’s signing secret (whsec_…), under Configure › Webhooks › your endpoint.',
  settings: [],
  signsUrl: false,
  steps: [
    'In the Clerk dashboard, open Configure › Webhooks and add this address as an endpoint.',
    'Choose the events, then copy the signing secret here.',
  ],
  deadlineSeconds: null,
  retries: 'Through Svix: eight attempts over about 28 hours, with the same id.',
  cautions: ['Events may arrive out of order: compare the times in the object before it is overwritten.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'svix-id': 'msg_sample_0003' },
  body: '{"data":{"id":"user_2example","object":"user","first_name":"Ada","email_addresses":[]},"object":"event","type":"user.created","timestamp":1760000000000,"instance_id":"ins_example"}',
}
