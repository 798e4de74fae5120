import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `X-Notion-Signature: sha256=<hex>` over the raw body. The key is the verification token that Notion posts, unsigned, while the
 * subscription is made. https://developers.notion.com/reference/webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'notion',
  title: 'Notion',
  verification: bodyHmac({ header: 'x-notion-signature', prefix: 'sha256=' }),
  eventId: inBody('id'),
  eventType: inBody('type'),
  dedupe: { by: 'id' },
  handshakes: ['notion'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.notion.com/reference/webhooks',
  secret:
    'The verification token (secret_…) that Notion posts to this address when the subscription is created; it is shown here.',
  settings: [],
  signsUrl: false,
  steps: [
    'Save this provider without a secret, then create a subscription with this address under the integration’s Webhooks tab.',
    'Copy the verification token that is shown here into Notion and press Verify.',
    'Paste the same token here as the secret.',
  ],
  deadlineSeconds: null,
  retries: 'Up to 8 times over about 24 hours, attempt_number counts them.',
  cautions: [
    'Anybody can post a token to this address, so a shown token may not be yours: Notion accepts no other, and only what you paste here counts.',
    'Events are thin: read the page or database from Notion. Changes close together may come as one event.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"367cba44-b6f3-4c92-81e7-6a2e9659efd4","timestamp":"2025-10-09T08:53:19.000Z","workspace_id":"13950b26-c203-4f3b-b97d-93ec06319565","type":"page.content_updated","authors":[],"entity":{"id":"7f2c3f0a-3c5e-4a55-8b42-0d5a6f9c1e11","type":"page"},"data":{},"attempt_number":1}',
}
