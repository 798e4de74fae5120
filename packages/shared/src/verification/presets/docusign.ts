import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/** An account has this many keys at most. */
const MAX_KEYS = 100

/**
 * `X-DocuSign-Signature-1` to `-100`: base64 HMAC-SHA256 over the raw body, a header for each key of the account.
 * https://developers.docusign.com/platform/webhooks/connect/hmac/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'docusign',
  title: 'DocuSign Connect',
  verification: {
    ...bodyHmac({ header: 'x-docusign-signature-1', encoding: 'base64' }),
    headers: Array.from({ length: MAX_KEYS }, (_, i) => `x-docusign-signature-${i + 1}`),
  },
  eventId: null,
  eventType: inBody('event'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.docusign.com/platform/webhooks/connect/hmac/',
  secret: 'A Connect key, under Connect › Connect Keys. DocuSign shows it only once.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a Connect configuration with this address and JSON (SIM) as its format, and include the HMAC signature.',
    'Add a key under Connect Keys and paste it here.',
  ],
  deadlineSeconds: 100,
  retries: 'For up to 15 days, with growing pauses.',
  cautions: [
    'Events may hold whole documents, tens of MB: leave documents out, or raise the body limit.',
    'The former XML format is believed too, but has no type here.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event":"envelope-completed","apiVersion":"v2.1","retryCount":0,"configurationId":1,"generatedDateTime":"2025-10-09T08:53:19.0000000Z","data":{"accountId":"00000000-0000-4000-8000-000000000001","envelopeId":"00000000-0000-4000-8000-000000000002","envelopeSummary":{"status":"completed"}}}',
}
