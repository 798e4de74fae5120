import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, FIVE_MINUTES, inBody, inHeader } from './families.ts'

/**
 * `X-Zendesk-Webhook-Signature: <base64>` over the timestamp header and the raw body, without anything between. The secret looks like
 * base64 but is used as text. https://developer.zendesk.com/documentation/webhooks/verifying/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'zendesk',
  title: 'Zendesk',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['x-zendesk-webhook-signature'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'base64',
    template: '{timestamp}{body}',
    timestamp: {
      from: { kind: 'header', names: ['x-zendesk-webhook-signature-timestamp'] },
      unit: 'iso',
      tolerance: FIVE_MINUTES,
    },
  },
  eventId: firstOf(inBody('id'), inHeader('x-zendesk-webhook-invocation-id')),
  eventType: inBody('type'),
  // A trigger’s body is the operator’s own, and an `id` in it may be a ticket’s: only an event’s three fields make a key.
  dedupe: { by: 'fields', fields: [inBody('account_id'), inBody('type'), inBody('id')] },
  methods: ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.zendesk.com/documentation/webhooks/verifying/',
  secret: 'The webhook’s signing secret, under Admin Center › Apps and integrations › Webhooks › your webhook › Reveal secret.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create a webhook with this address under Admin Center › Apps and integrations › Webhooks.',
    'Subscribe it to events or connect it to a trigger, then paste its signing secret here.',
  ],
  deadlineSeconds: 12,
  retries: 'Up to 3 times on 409, and on 429 and 503 that say when to come back within a minute.',
  cautions: [
    'Test requests of a webhook that is not saved yet are signed with a secret that Zendesk publishes (dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==). Never configure it in production: everybody knows it.',
    'Bodies of triggers and automations are your own: put the time of the update into them, since equal bodies count as the same event.',
    'After many failures within a few minutes Zendesk holds all requests back for a while.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-zendesk-webhook-invocation-id': '8350205582' },
  body: '{"account_id":22129848,"detail":{"id":"5158","status":"OPEN"},"event":{},"id":"cbe4028c-7239-495d-b020-f22348516046","subject":"zen:ticket:5158","time":"2025-10-09T08:53:19Z","type":"zen:event-type:ticket.created","zendesk_event_version":"2022-11-06"}',
}
