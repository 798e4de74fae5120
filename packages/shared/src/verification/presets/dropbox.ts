import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON } from './families.ts'

/**
 * `X-Dropbox-Signature: <hex>` over the raw body with the app secret. At registration Dropbox asks `GET ?challenge=`.
 * https://www.dropbox.com/developers/reference/webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'dropbox',
  title: 'Dropbox',
  verification: bodyHmac({ header: 'x-dropbox-signature' }),
  eventId: null,
  eventType: null,
  // Every change of the same accounts makes the very same body: a long window would swallow the next change.
  dedupe: { by: 'body', windowMs: 1_000 },
  handshakes: ['dropbox'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.dropbox.com/developers/reference/webhooks',
  secret: 'The app secret, in the App Console under Settings.',
  settings: [],
  signsUrl: false,
  steps: [
    'Save this provider, then add this address under the app’s Settings › Webhooks: Dropbox checks it at once.',
    'Paste the app secret here.',
  ],
  deadlineSeconds: 10,
  retries: 'With growing pauses; an address that keeps failing is disabled and must be enabled again.',
  cautions: [
    'A notification only names the accounts that changed: ask Dropbox for the changes since your last cursor.',
    'All changes of an account make the same body, so only repeats within a second count as duplicates.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"list_folder":{"accounts":["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"]},"delta":{"users":[12345678]}}',
}
