import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, FIVE_MINUTES, inBody, timedPairs } from './families.ts'

/**
 * `Mux-Signature: t=<unix s>,v1=<hex>` over `{t}.{body}`, good for 5 minutes. https://www.mux.com/docs/core/verify-webhook-signatures
 */
export const preset: Preset = {
  ...COMMON,
  id: 'mux',
  title: 'Mux',
  verification: timedPairs({ header: 'mux-signature', tolerance: FIVE_MINUTES }),
  eventId: inBody('id'),
  eventType: inBody('type'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.mux.com/docs/core/verify-webhook-signatures',
  secret: 'The signing secret of the webhook, under Settings › Webhooks.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create a webhook with this address under Settings › Webhooks, in the right environment.',
    'Paste its signing secret here.',
  ],
  deadlineSeconds: 5,
  retries: 'For 24 hours with growing pauses.',
  cautions: ['Each environment has webhooks of its own.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"type":"video.asset.ready","id":"3a56ac3d-33da-4366-855b-f592d898409d","created_at":"2025-10-09T08:53:19.000000Z","object":{"type":"asset","id":"0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002"},"environment":{"name":"Test","id":"j0863n"},"data":{"id":"0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002","status":"ready"}}',
}
