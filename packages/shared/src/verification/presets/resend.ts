import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { standardWebhooks, SVIX_HEADERS, SVIX_ID } from './families.ts'

/**
 * Standard Webhooks through Svix, under `svix-*` header names. https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests
 */
export const preset: Preset = {
  ...SVIX_ID,
  id: 'resend',
  title: 'Resend',
  verification: standardWebhooks({ headers: SVIX_HEADERS }),
}

export const guide: SenderGuide = {
  docsUrl: 'https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests',
  secret: 'The webhook’s signing secret (whsec_…), on its page under Webhooks.',
  settings: [],
  signsUrl: false,
  steps: ['In Resend, open Webhooks and add this address.', 'Choose the events, then copy the signing secret here.'],
  deadlineSeconds: null,
  retries: 'Through Svix: growing pauses for more than a day, with the same id.',
  cautions: ['Opens and clicks of one mail are events of their own; email_id tells the mail.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'svix-id': 'msg_sample_0004' },
  body: '{"type":"email.delivered","created_at":"2025-10-09T08:53:20.000Z","data":{"email_id":"0a1b2c3d-5e6f-4a1b-8c2d-3e4f5a6b7c8d","from":"orders@example.com","to":["ada@example.com"],"subject":"Your receipt"}}',
}
