import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody } from './families.ts'

/**
 * `Authorization: Bearer`: an RS256 token that Google issued to the service account of the push subscription, for its audience
 * (the endpoint's address where none is set). The body is not covered. Any customer of Google can get a token for any
 * audience, so the account's address is what counts. https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 */
export const preset: Preset = {
  ...COMMON,
  id: 'google-pubsub',
  title: 'Google Pub/Sub push',
  verification: {
    scheme: 'jwt',
    header: 'authorization',
    prefix: 'Bearer ',
    algorithms: ['RS256'],
    keys: { kind: 'jwks', url: 'https://www.googleapis.com/oauth2/v3/certs' },
    checks: [
      { kind: 'equals', claim: 'iss', oneOf: ['https://accounts.google.com', 'accounts.google.com'] },
      { kind: 'setting', claim: 'aud', setting: 'audience', otherwise: 'url' },
      { kind: 'setting', claim: 'email', setting: 'serviceAccountEmail' },
      { kind: 'equals', claim: 'email_verified', oneOf: [true] },
    ],
    requiredTimes: ['iat', 'exp'],
    clockSkewSeconds: 300,
    maxLifetimeSeconds: 86_400,
  },
  eventId: firstOf(inBody('message.messageId'), inBody('message.message_id')),
  eventType: firstOf(
    inBody('message.attributes.eventType'),
    inBody('message.attributes.event_type'),
    inBody('message.attributes.ce-type'),
    inBody('message.attributes.type'),
  ),
  dedupe: { by: 'id' },
  bodyAuthenticated: false,
}

export const guide: SenderGuide = {
  docsUrl: 'https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions',
  secret: null,
  settings: [
    { name: 'serviceAccountEmail', title: 'E-mail address of the service account that pushes', required: true, list: true },
    { name: 'audience', title: 'Audience of the subscription; without one, this address', required: false, list: true },
  ],
  signsUrl: false,
  steps: [
    'Create a push subscription with this address as its endpoint.',
    'Enable authentication, choose a service account, and give its e-mail address here.',
  ],
  deadlineSeconds: 10,
  retries: 'Until the message is acknowledged or its retention ends, 7 days by default.',
  cautions: [
    'The body is not signed: what is proven is that the service account pushed something to this audience.',
    'The deadline is the subscription’s, between 10 and 600 seconds.',
    '`message.data` is base64. Messages without an eventType or type attribute have no type.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"message":{"attributes":{"eventType":"order.created"},"data":"eyJvcmRlciI6MX0=","messageId":"1000000000000001","publishTime":"2025-10-09T08:53:19.702Z"},"subscription":"projects/example/subscriptions/push"}',
}
