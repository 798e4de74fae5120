import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, inForm } from './families.ts'

/**
 * `event.event_hash` in the body: hex HMAC-SHA256 of `{event_time}{event_type}` under the API key; nothing else is covered. The event
 * is JSON in the field `json` of a multipart body. Every answer must hold a fixed text, or Dropbox Sign sends again.
 * https://developers.hellosign.com/docs/events/walkthrough/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'dropbox-sign',
  title: 'Dropbox Sign (HelloSign)',
  verification: { scheme: 'dropbox-sign' },
  eventId: firstOf({ ...inForm('json'), path: 'event.event_hash' }, inBody('event.event_hash')),
  eventType: firstOf({ ...inForm('json'), path: 'event.event_type' }, inBody('event.event_type')),
  dedupe: { by: 'fields', fields: [{ kind: 'claim', name: 'event' }] },
  bodyAuthenticated: false,
  reply: { status: 200, body: { kind: 'text', text: 'Hello API Event Received', contentType: 'text/plain' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.hellosign.com/docs/events/walkthrough/',
  secret: 'The API key of the account, or of the account that owns the app, under Settings › API.',
  settings: [],
  signsUrl: false,
  steps: [
    'Enter this address as the account callback under Settings › API, or as the event callback of an app.',
    'Paste the API key here, then use the test button there.',
  ],
  deadlineSeconds: 30,
  retries: 'Six times, after 5 minutes to 27 hours each.',
  cautions: [
    'Only time and type of an event are signed: whoever sees one event can send others of that type and time.',
    'Fetch the signature request from the API before acting on it.',
    'Set a tolerance only if you never want old events: redeliveries keep the event’s time.',
  ],
  ipRanges: [],
}

const SAMPLE = [
  '------sample',
  'Content-Disposition: form-data; name="json"',
  '',
  '{"event":{"event_type":"signature_request_signed","event_metadata":{"related_signature_id":"00000000000000000000000000000001"}},"signature_request":{"signature_request_id":"00000000000000000000000000000002","title":"Test"}}',
  '------sample--',
  '',
].join('\r\n')

export const sample: SampleEvent = {
  contentType: 'multipart/form-data; boundary=----sample',
  headers: {},
  body: SAMPLE,
}
