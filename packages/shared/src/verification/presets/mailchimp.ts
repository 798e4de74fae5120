import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, sharedToken } from './families.ts'

/**
 * Nothing is signed: a secret that you put into the address (`?secret=…`) is all there is. Events are forms without an id. On saving,
 * Mailchimp asks by GET for 200. https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'query', name: 'secret' }),
  id: 'mailchimp',
  title: 'Mailchimp',
  eventId: null,
  eventType: { kind: 'form', name: 'type' },
  dedupe: { by: 'body' },
  handshakes: ['get'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/',
  secret: 'A long random text of your choice, which you add to the address as ?secret=….',
  settings: [],
  signsUrl: false,
  steps: [
    'Choose a long random secret and paste it here.',
    'In the audience, open Settings › Webhooks and add this address with ?secret= and the secret behind it.',
    'Choose the events and who may cause them.',
  ],
  deadlineSeconds: 10,
  retries: 'With growing pauses for about 75 minutes.',
  cautions: [
    'The body is not signed: whoever learns the address can send anything.',
    'There is no event id: equal bodies count as the same event.',
    'Bodies are forms with names such as data[email].',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/x-www-form-urlencoded',
  headers: {},
  body: 'type=subscribe&fired_at=2025-10-09+08%3A53%3A20&data%5Bid%5D=8a25ff1d98&data%5Blist_id%5D=a6b5da1054&data%5Bemail%5D=ada%40example.com',
}
