import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inHeader, timedPairs } from './families.ts'

/**
 * `sanity-webhook-signature: t=<time in ms>,v1=<base64url>` over `{t}.{body}`.
 * https://www.sanity.io/docs/compute-and-ai/webhooks#webhook-signatures
 */
export const preset: Preset = {
  ...COMMON,
  id: 'sanity',
  title: 'Sanity',
  verification: {
    ...timedPairs({
      header: 'sanity-webhook-signature',
      unit: 'milliseconds',
      // Sanity’s own check takes any time; retries may keep that of the first attempt.
      tolerance: { pastSeconds: 1_800, futureSeconds: 300 },
      style: 'exact',
    }),
    encoding: 'base64url',
  },
  eventId: inHeader('idempotency-key'),
  eventType: inHeader('sanity-operation'),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.sanity.io/docs/compute-and-ai/webhooks',
  secret: 'The secret that you chose for the webhook, at sanity.io/manage under API › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: ['Create a GROQ-powered webhook with this address and a secret.', 'Paste the same secret here.'],
  deadlineSeconds: 30,
  retries: 'Twice more, 30 seconds apart.',
  cautions: [
    'The body is what your projection makes of the document. Include _rev: two events with the very same body count as one within the window.',
    'Id and type of the event are unsigned headers.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'idempotency-key': 'test-idempotency-key-0001', 'sanity-operation': 'update' },
  body: '{"_id":"post-1","_type":"post","_rev":"test-rev-1","title":"Test"}',
}
