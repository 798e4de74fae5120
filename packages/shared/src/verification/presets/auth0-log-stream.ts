import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, sharedToken } from './families.ts'

/**
 * The whole value of `Authorization` as agreed; nothing is signed. Log streams send arrays, single objects or JSON lines, as they
 * are set up; event streams send one event. https://auth0.com/docs/customize/log-streams/custom-log-streams
 */
export const preset: Preset = {
  ...COMMON,
  ...sharedToken({ kind: 'header', name: 'authorization' }),
  id: 'auth0-log-stream',
  title: 'Auth0 (log and event streams)',
  eventId: firstOf(inBody('0.log_id'), inBody('log_id'), inBody('id')),
  eventType: firstOf(inBody('0.data.type'), inBody('type'), inBody('data.type')),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://auth0.com/docs/customize/log-streams/custom-log-streams',
  secret:
    'The whole value of the Authorization header, word for word as entered at Auth0: “Bearer …”, “Basic …” or a bare token.',
  settings: [],
  signsUrl: false,
  steps: [
    'Open Monitoring › Streams (or Event Streams) and create a custom webhook with this address.',
    'Enter a long random authorization token and paste the same text here.',
    'Choose JSON array or JSON object as the format.',
  ],
  deadlineSeconds: null,
  retries: 'It tries again for a while, then pauses the stream and tells the administrators.',
  cautions: [
    'The body is not signed: whoever learns the token can send anything.',
    'One delivery may carry many log entries; id and type are those of the first, and equal bodies count as the same delivery.',
    'JSON lines are stored, but filters and mappings cannot look into them.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '[{"log_id":"90020251009085320000000000000000000001","data":{"type":"s","date":"2025-10-09T08:53:20.000Z","client_id":"client_1","user_id":"auth0|1","log_id":"90020251009085320000000000000000000001"}}]',
}
