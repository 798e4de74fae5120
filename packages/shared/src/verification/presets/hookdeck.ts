import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inHeader } from './families.ts'

/**
 * `x-hookdeck-signature`, and while a secret is rolled `-2`: base64 HMAC-SHA256 over the raw body.
 * https://hookdeck.com/docs/authentication#hookdeck-webhook-signature-verification
 */
export const preset: Preset = {
  ...COMMON,
  id: 'hookdeck',
  title: 'Hookdeck',
  verification: {
    ...bodyHmac({ header: 'x-hookdeck-signature', encoding: 'base64' }),
    headers: ['x-hookdeck-signature', 'x-hookdeck-signature-2'],
  },
  eventId: inHeader('x-hookdeck-eventid'),
  eventType: null,
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://hookdeck.com/docs/authentication',
  secret: 'The signing secret of the project, under Settings › Secrets.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create a destination with this address and Hookdeck’s signature as its authentication.',
    'Paste the project’s signing secret here.',
  ],
  deadlineSeconds: 60,
  retries: 'As the connection’s retry rule says.',
  cautions: [
    'The body is whatever the first sender wrote, so there is no type; match routes by filter.',
    'The event’s id is an unsigned header, so the body is compared too: two events with the very same body count as one within the window.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-hookdeck-eventid': 'evt_test_1', 'x-hookdeck-attempt-count': '1' },
  body: '{"hello":"hookdeck","id":"test-1"}',
}
