import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody, joined } from './families.ts'

/**
 * `X-Hook-Signature: <hex>` over the raw body. The secret comes from Asana: it posts `X-Hook-Secret` once while the webhook is made,
 * and wants it echoed. https://developers.asana.com/docs/webhooks-guide
 */
export const preset: Preset = {
  ...COMMON,
  id: 'asana',
  title: 'Asana',
  verification: bodyHmac({ header: 'x-hook-signature' }),
  eventId: null,
  eventType: joined('.', inBody('events.0.resource.resource_type'), inBody('events.0.action')),
  dedupe: { by: 'body' },
  handshakes: ['asana'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.asana.com/docs/webhooks-guide',
  secret: 'Nothing to paste: Asana sends the secret while the webhook is created, and it is stored then.',
  settings: [],
  signsUrl: false,
  steps: [
    'Save this provider without a secret.',
    'Create the webhook with POST /webhooks and this address as target: Asana’s secret is stored while that call runs.',
  ],
  deadlineSeconds: 10,
  retries: 'For up to 24 hours with growing pauses; then the webhook is deleted.',
  cautions: [
    'Each webhook has a secret of its own: give each one a provider of its own.',
    'Once a secret is stored, a new one is refused. To connect anew, delete the stored secret first.',
    'A heartbeat without events comes every 8 hours. Several changes come together; the type shown is that of the first.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"events":[{"user":{"gid":"12345","resource_type":"user"},"created_at":"2025-10-09T08:53:19.000Z","action":"changed","resource":{"gid":"1337","resource_type":"task"},"parent":null}]}',
}
