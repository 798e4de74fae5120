import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, inForm } from './families.ts'

/**
 * `signature: {timestamp, token, signature}` in the JSON body, or the three as fields of a form: hex HMAC-SHA256 over
 * `{timestamp}{token}`. The event is not covered. A token is used once, so it tells replays whatever the body around it says.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'mailgun',
  title: 'Mailgun',
  // Mailgun tries for 8 hours, and does not say whether it signs anew.
  verification: { scheme: 'mailgun', tolerance: { pastSeconds: 30_600, futureSeconds: 300 } },
  eventId: inBody('event-data.id'),
  eventType: firstOf(inBody('event-data.event'), inForm('event')),
  dedupe: { by: 'id-and-fields', fields: [{ kind: 'claim', name: 'token' }] },
  bodyAuthenticated: false,
}

export const guide: SenderGuide = {
  docsUrl: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
  secret: 'The HTTP webhook signing key, under Account settings › API security. It is none of the API keys.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add a webhook with this address under Sending › Webhooks.',
    'Copy the HTTP webhook signing key here. For events of sub-accounts, the key of the parent account does too.',
  ],
  deadlineSeconds: null,
  retries: 'For 8 hours, after 10 minutes to 4 hours each; an answer of 406 ends it.',
  cautions: [
    'Only a timestamp and a random token are signed, not the event: whoever sees one request can put another event into it once.',
    'Fetch what matters from Mailgun’s API before acting on it.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"event-data":{"id":"CPgfbmQMTCKtHW6uTest01","event":"delivered","timestamp":1760000000.25,"recipient":"recipient@example.com","message":{"headers":{"message-id":"20251009085320.1.test@example.com"}}}}',
}
