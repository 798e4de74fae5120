import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON } from './families.ts'

/**
 * `X-Airtable-Content-MAC: hmac-sha256=<hex>` over the raw body; the key is what `macSecretBase64` decodes to.
 * https://airtable.com/developers/web/api/webhooks-overview
 */
export const preset: Preset = {
  ...COMMON,
  id: 'airtable',
  title: 'Airtable',
  verification: bodyHmac({ header: 'x-airtable-content-mac', prefix: 'hmac-sha256=', key: { encoding: 'base64' } }),
  eventId: null,
  eventType: null,
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://airtable.com/developers/web/api/webhooks-overview',
  secret: 'macSecretBase64 from the answer to the call that creates the webhook. Airtable shows it only there.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create the webhook with POST /v0/bases/{baseId}/webhooks and this address as notificationUrl.',
    'Paste macSecretBase64 of the answer here.',
  ],
  deadlineSeconds: null,
  retries: 'With growing pauses for about a day; then notifications are switched off.',
  cautions: [
    'A notification only says that something changed: fetch the payloads from the last cursor. It has neither id nor type.',
    'A webhook expires after 7 days unless it is refreshed or its payloads are read.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"base":{"id":"app00000000000000"},"webhook":{"id":"ach00000000000000"},"timestamp":"2025-10-09T08:53:19.000Z"}',
}
