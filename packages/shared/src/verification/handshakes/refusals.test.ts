import { describe, it } from 'vitest'
import type { HandshakeName } from '../../contracts/preset.ts'
import { ask, type Question } from '../../testing/ask-handshake.ts'

const SECRET = 'a secret of these tests'
const refused = { kind: 'refuse' }

function subscribeUrl(host = 'sns.eu-central-1.amazonaws.com'): string {
  return `https://${host}/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:1:T&Token=t`
}

const verifyToken = { settings: { verifyToken: 'right' } }
const snsBody = (SubscribeURL: unknown) => ({ verified: true, body: { Type: 'SubscriptionConfirmation', SubscribeURL } })

/** Requests that are handshakes, but not ones to be answered. */
const refusals: [HandshakeName, string, Question][] = [
  ['slack', 'a challenge of several lines', { verified: true, body: { type: 'url_verification', challenge: 'a\r\nb' } }],
  ['slack', 'a challenge of 2 kB', { verified: true, body: { type: 'url_verification', challenge: 'a'.repeat(2_048) } }],
  ['slack', 'no challenge', { verified: true, body: { type: 'url_verification' } }],
  [
    'meta',
    'another token',
    { method: 'GET', query: '?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong', ...verifyToken },
  ],
  ['meta', 'no token', { method: 'GET', query: '?hub.mode=subscribe&hub.challenge=1', ...verifyToken }],
  ['meta', 'another mode', { method: 'GET', query: '?hub.mode=no&hub.challenge=1&hub.verify_token=right', ...verifyToken }],
  ['meta', 'no challenge', { method: 'GET', query: '?hub.mode=subscribe&hub.verify_token=right', ...verifyToken }],
  ['meta', 'no token where none is set', { method: 'GET', query: '?hub.mode=subscribe&hub.challenge=1&hub.verify_token=' }],
  [
    'meta',
    'two tokens',
    { method: 'GET', query: '?hub.mode=subscribe&hub.challenge=1&hub.verify_token=right&hub.verify_token=x', ...verifyToken },
  ],
  ['x-crc', 'a token that is an event', { method: 'GET', query: '?crc_token=%7B%22tweet%22%3A1%7D', secret: SECRET }],
  ['x-crc', 'an empty token', { method: 'GET', query: '?crc_token=', secret: SECRET }],
  ['x-crc', 'a token while there is no secret', { method: 'GET', query: '?crc_token=abc' }],
  ['zoom', 'no token', { verified: true, secret: SECRET, body: { event: 'endpoint.url_validation', payload: null } }],
  ['microsoft-graph', 'an empty token', { query: '?validationToken=' }],
  ['dropbox', 'two challenges', { method: 'GET', query: '?challenge=a&challenge=b' }],
  ['asana', 'a new secret where there is one', { secret: SECRET, headers: { 'x-hook-secret': 'd0c6f6e6a1f04b6ab1a6' } }],
  ['asana', 'a secret that is too short', { headers: { 'x-hook-secret': 'short' } }],
  ['asana', 'two secrets', { headers: { 'x-hook-secret': 'd0c6f6e6a1f04b6ab1a6, d0c6f6e6a1f04b6ab1a6' } }],
  ['event-grid', 'no code', { body: [{ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent' }] }],
  ['aws-sns', 'no address', snsBody(undefined)],
  ['aws-sns', 'an address that is none', snsBody('not an address')],
  ['aws-sns', 'another host', snsBody(subscribeUrl('169.254.169.254'))],
  ['aws-sns', 'a host that only begins like SNS', snsBody(subscribeUrl('sns.eu-central-1.amazonaws.com.example.com'))],
  ['aws-sns', 'a bucket', snsBody(subscribeUrl('sns.s3.amazonaws.com'))],
  ['aws-sns', 'an address without encryption', snsBody(subscribeUrl().replace('https', 'http'))],
  ['aws-sns', 'another port', snsBody(subscribeUrl('sns.eu-central-1.amazonaws.com:8443'))],
  ['aws-sns', 'credentials in the address', snsBody(subscribeUrl('a:b@sns.eu-central-1.amazonaws.com'))],
  ['aws-sns', 'another action', snsBody(subscribeUrl().replace('ConfirmSubscription', 'Publish'))],
  ['cloudevents', 'an origin that is no name', { method: 'OPTIONS', headers: { 'webhook-request-origin': '*' } }],
  [
    'braintree',
    'a challenge that is none',
    { method: 'GET', query: '?bt_challenge=PG5vdD4=', secret: SECRET, settings: { publicKey: 'p' } },
  ],
  ['braintree', 'a challenge while there is no key', { method: 'GET', query: '?bt_challenge=0123456789abcdef0123' }],
]

describe('answerHandshake refuses', () => {
  for (const [name, what, question] of refusals) {
    it(`${name}: ${what}`, async ({ expect }) => {
      expect(await ask(name, question)).toEqual(refused)
    })
  }
})

/** Requests that only look like handshakes: they take the way of events. */
const others: [HandshakeName, string, Question][] = [
  ['slack', 'an event', { verified: true, body: { type: 'event_callback' } }],
  ['slack', 'a body that is no object', { verified: true, body: ['url_verification'] }],
  ['zoom', 'an event', { verified: true, secret: SECRET, body: { event: 'meeting.started' } }],
  ['microsoft-graph', 'a notification', { body: { value: [] } }],
  ['discord', 'a webhook event', { verified: true, settings: { endpoint: 'events' }, body: { type: 1, event: {} } }],
  ['discord', 'an interaction', { verified: true, settings: { endpoint: 'interactions' }, body: { type: 2 } }],
  ['asana', 'an event', { secret: SECRET, headers: { 'x-hook-signature': 'ab' }, body: { events: [] } }],
  ['event-grid', 'events', { body: [{ eventType: 'Microsoft.Storage.BlobCreated' }] }],
  ['aws-sns', 'a notification', { verified: true, body: { Type: 'Notification', SubscribeURL: subscribeUrl() } }],
  [
    'aws-sns',
    'the end of a subscription',
    { verified: true, body: { Type: 'UnsubscribeConfirmation', SubscribeURL: subscribeUrl() } },
  ],
  [
    'twitch',
    'a notification',
    { verified: true, headers: { 'twitch-eventsub-message-type': 'notification' }, body: { challenge: 'a' } },
  ],
  [
    'notion',
    'an event that has a token in it',
    { body: { verification_token: 'secret_abcdefghijklmnop', type: 'page.created' } },
  ],
  ['notion', 'a token of another form', { body: { verification_token: '<b>' } }],
  [
    'woocommerce',
    'a form with more in it',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'webhook_id=7&a=b' },
  ],
  ['woocommerce', 'an event', { headers: { 'x-wc-webhook-signature': 'abc=' }, body: { webhook_id: 7 } }],
  ...(['meta', 'x-crc', 'dropbox', 'okta', 'braintree'] as const).map((name): [HandshakeName, string, Question] => [
    name,
    'a GET of something else',
    { method: 'GET', secret: SECRET },
  ]),
  ['cloudevents', 'a preflight of a browser', { method: 'OPTIONS', headers: { origin: 'https://example.com' } }],
]

describe('answerHandshake leaves alone', () => {
  for (const [name, what, question] of others) {
    it(`${name}: ${what}`, async ({ expect }) => {
      expect(await ask(name, question)).toBeUndefined()
    })
  }
})
