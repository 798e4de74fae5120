import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, inHeader } from './families.ts'

/**
 * `X-Webhook-Signature`: an HS256 token with `iss` = `netlify` and `sha256` = hex hash of the raw body. It carries no time.
 * https://docs.netlify.com/deploy/deploy-notifications/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'netlify',
  title: 'Netlify',
  verification: {
    scheme: 'jwt',
    header: 'x-webhook-signature',
    algorithms: ['HS256'],
    keys: { kind: 'secret' },
    checks: [
      { kind: 'equals', claim: 'iss', oneOf: ['netlify'] },
      { kind: 'hash', claim: 'sha256', of: 'body', encoding: 'hex' },
    ],
    clockSkewSeconds: 30,
  },
  eventId: inBody('id'),
  eventType: inHeader('x-netlify-event'),
  // A deploy keeps its id from state to state; its times in the body change.
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.netlify.com/deploy/deploy-notifications/',
  secret: 'The JWS secret token that you chose for the notification.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add an outgoing webhook with this address under Project configuration › Notifications.',
    'Fill in a JWS secret token there, and paste the same here.',
  ],
  deadlineSeconds: 10,
  retries: 'The notification is switched off after six failures.',
  cautions: [
    'Nothing in the signature grows old: a captured request stays valid, and only the memory of bodies seen before stops it.',
    'The event’s type comes in a header that is not signed.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-netlify-event': 'deploy_created' },
  body: '{"id":"deploy_test_1","site_id":"site_test_1","name":"example","state":"ready","context":"production","branch":"main","created_at":"2025-10-09T08:53:19.000Z","updated_at":"2025-10-09T08:54:02.000Z"}',
}
