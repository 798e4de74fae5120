import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, joined } from './families.ts'

/**
 * `X-Hub-Signature-256: sha256=<hex>` over the raw body, `\uXXXX` escapes and all; the SHA-1 beside it is not looked at. Updates
 * come in batches, and the statuses of one message share its id, so equal bodies are what makes a duplicate. The address is
 * confirmed by a GET with `hub.verify_token`. https://developers.facebook.com/docs/graph-api/webhooks/getting-started
 */
export const preset: Preset = {
  ...COMMON,
  id: 'meta-whatsapp',
  title: 'Meta (WhatsApp, Messenger, Instagram, Pages)',
  verification: bodyHmac({ header: 'x-hub-signature-256', prefix: 'sha256=' }),
  eventId: firstOf(
    inBody('entry.0.changes.0.value.messages.0.id'),
    joined(' ', inBody('entry.0.changes.0.value.statuses.0.id'), inBody('entry.0.changes.0.value.statuses.0.status')),
    inBody('entry.0.messaging.0.message.mid'),
  ),
  eventType: firstOf(inBody('entry.0.changes.0.field'), inBody('object')),
  dedupe: { by: 'body' },
  handshakes: ['meta'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
  secret: 'The app secret, under App settings › Basic. Not an access token, not the verify token.',
  settings: [{ name: 'verifyToken', title: 'Verify token', required: true, list: false }],
  signsUrl: false,
  steps: [
    'Choose a verify token, a random text, and enter it here.',
    'In the app’s dashboard, open Webhooks, enter this address and the same verify token, and press Verify.',
    'Subscribe to the fields, for WhatsApp to messages.',
  ],
  deadlineSeconds: 5,
  retries: 'For 36 hours with growing pauses; WhatsApp for up to seven days.',
  cautions: [
    'One delivery may carry up to 1,000 updates; id and type are those of the first.',
    'All products of an app sign with the same app secret.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"object":"whatsapp_business_account","entry":[{"id":"100000000000001","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550000001","phone_number_id":"200000000000002"},"messages":[{"from":"15550000003","id":"wamid.SAMPLE0001","timestamp":"1760000000","type":"text","text":{"body":"Hello"}}]}}]}]}',
}
