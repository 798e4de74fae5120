import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, sharedToken } from './families.ts'

/**
 * The whole value of `Authorization` as agreed; nothing is signed. A delivery carries several events. While the hook is verified,
 * Okta asks by GET for a text to be echoed. https://developer.okta.com/docs/concepts/event-hooks/
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'header', name: 'authorization' }),
  id: 'okta',
  title: 'Okta',
  eventId: firstOf(inBody('eventId'), inBody('data.events.0.uuid')),
  eventType: firstOf(inBody('data.events.0.eventType'), inBody('eventType')),
  dedupe: { by: 'id' },
  handshakes: ['okta'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.okta.com/docs/concepts/event-hooks/',
  secret: 'The authentication secret of the event hook, with Authorization as its authentication field.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create the provider here first, then an event hook with this address under Workflow › Event Hooks.',
    'Enter Authorization as the authentication field and a long random text as the secret; paste the same here.',
    'Choose the events and press Verify.',
  ],
  deadlineSeconds: 3,
  retries: 'Once more after a time-out or a 5xx answer.',
  cautions: [
    'The body is not signed: whoever learns the secret can send anything.',
    'One delivery may carry several events; the type is that of the first.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"eventType":"com.okta.event_hook","eventTypeVersion":"1.0","cloudEventsVersion":"0.1","source":"https://example.okta.com/api/v1/eventHooks/who1","eventId":"2f8c1d7e-9b3a-4f60-8a5e-6d4c3b2a1f0e","data":{"events":[{"uuid":"8b6f0c2d-1f3e-11f0-9a3b-0242ac120002","eventType":"user.lifecycle.create","displayMessage":"Create Okta user","outcome":{"result":"SUCCESS"}}]},"eventTime":"2025-10-09T08:53:20.000Z","contentType":"application/json"}',
}
