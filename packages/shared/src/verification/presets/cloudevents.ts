import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, inHeader, joined, sharedToken } from './families.ts'

/**
 * A bearer token, or the same in the query; nothing is signed. The event’s attributes are in `ce-*` headers (binary mode) or in the
 * JSON body (structured mode); source and id together are unique. 202: accepted, not worked yet.
 * https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'header', name: 'authorization', prefix: 'Bearer ' }, { kind: 'query', name: 'access_token' }),
  id: 'cloudevents',
  title: 'CloudEvents',
  eventId: firstOf(joined(' ', inHeader('ce-source'), inHeader('ce-id')), joined(' ', inBody('source'), inBody('id'))),
  eventType: firstOf(inHeader('ce-type'), inBody('type')),
  dedupe: { by: 'id' },
  handshakes: ['cloudevents'],
  reply: { status: 202, body: { kind: 'result' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md',
  secret: 'The token the sender puts into Authorization after “Bearer ”, or into the query as access_token.',
  settings: [],
  signsUrl: false,
  steps: ['Choose a long random token and give it to the sender with this address.'],
  deadlineSeconds: null,
  retries: 'As the sender decides; an answer of 410 would end the subscription, so it is never given.',
  cautions: [
    'The body is not signed: whoever learns the token can send anything.',
    'A token in the address ends up in logs on the way: prefer the header.',
    'A batch (a JSON array) has no id of its own: equal bodies count as the same.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {
    'ce-specversion': '1.0',
    'ce-id': 'A234-1234-1234',
    'ce-source': '/sensors/tn-1234567',
    'ce-type': 'com.example.temperature.measured',
  },
  body: '{"celsius":21.5,"measuredAt":"2025-10-09T08:53:20Z"}',
}
