import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Hmac-Signature: hmac-sha256-hex=<hex>` over the raw body; the secret is brought into Unicode’s NFKD first.
 * https://docs.easypost.com/guides/webhooks-guide
 */
export const preset: Preset = {
  ...COMMON,
  id: 'easypost',
  title: 'EasyPost',
  verification: bodyHmac({
    header: 'x-hmac-signature',
    prefix: 'hmac-sha256-hex=',
    key: { encoding: 'utf8', normalise: 'NFKD' },
  }),
  eventId: inBody('id'),
  eventType: inBody('description'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.easypost.com/guides/webhooks-guide',
  secret: 'The webhook secret that you chose when you created the webhook.',
  settings: [],
  signsUrl: false,
  steps: ['Create a webhook with this address and a secret, by the API or in the dashboard.', 'Paste the same secret here.'],
  deadlineSeconds: 7,
  retries: 'Six times, with growing pauses.',
  cautions: ['A webhook without a secret is not signed, and everything is refused.', 'EasyPost signs no time.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"evt_test_1","object":"Event","mode":"test","description":"tracker.updated","created_at":"2025-10-09T08:53:19Z","status":"completed","result":{"id":"trk_test_1","object":"Tracker","status":"delivered"}}',
}
