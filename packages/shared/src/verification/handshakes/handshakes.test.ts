import { createHash, createHmac } from 'node:crypto'
import { describe, it } from 'vitest'
import { HANDSHAKES, type HandshakeName } from '../../contracts/preset.ts'
import { ask, presetWith, type Question } from '../../testing/ask-handshake.ts'
import { handshakeMethods } from './index.ts'

const SECRET = 'a secret of these tests'

function text(body: string) {
  return {
    kind: 'reply',
    reply: { status: 200, headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' }, body },
  }
}

function json(value: unknown) {
  const headers = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' }
  return { kind: 'reply', reply: { status: 200, headers, body: JSON.stringify(value) } }
}

const empty = { kind: 'reply', reply: { status: 200, headers: {}, body: null } }

/** Requests that each handshake answers, with its answer. What is signed comes after the signature check. */
const answered: [HandshakeName, string, Question, unknown][] = [
  [
    'slack',
    'echoes the challenge of a signed url_verification',
    { verified: true, body: { type: 'url_verification', challenge: 'c0ffee' } },
    text('c0ffee'),
  ],
  [
    'meta',
    'echoes the challenge of who knows the verify token, as text even if it looks like a page',
    {
      method: 'GET',
      query: '?hub.mode=subscribe&hub.challenge=%3Cb%3E1&hub.verify_token=my+token',
      settings: { verifyToken: 'my token' },
    },
    text('<b>1'),
  ],
  [
    'x-crc',
    'answers with the hash of the token',
    { method: 'GET', query: '?crc_token=9b45-token&nonce=n', secret: SECRET },
    json({ response_token: `sha256=${createHmac('sha256', SECRET).update('9b45-token').digest('base64')}` }),
  ],
  [
    'zoom',
    'answers with the plain token and its hash',
    { verified: true, secret: SECRET, body: { event: 'endpoint.url_validation', payload: { plainToken: 'qgg8' } } },
    json({ plainToken: 'qgg8', encryptedToken: createHmac('sha256', SECRET).update('qgg8').digest('hex') }),
  ],
  [
    'microsoft-graph',
    'echoes the decoded token',
    { query: '?validationToken=Validation%3A+id+%3Cx%3E%26', headers: { 'content-type': 'text/plain' } },
    text('Validation: id <x>&'),
  ],
  ['dropbox', 'echoes the challenge', { method: 'GET', query: '?challenge=abc123' }, text('abc123')],
  [
    'discord',
    'answers the PING of an interactions endpoint',
    { verified: true, settings: { endpoint: 'interactions' }, body: { type: 1 } },
    json({ type: 1 }),
  ],
  [
    'discord',
    'answers the PING of a webhook events endpoint',
    { verified: true, settings: { endpoint: 'events' }, body: { version: 1, type: 0 } },
    { kind: 'reply', reply: { status: 204, headers: { 'content-type': 'application/json' }, body: null } },
  ],
  [
    'asana',
    'keeps the secret that comes while there is none',
    { headers: { 'x-hook-secret': 'd0c6f6e6a1f04b6ab1a6' }, body: {} },
    {
      kind: 'store-secret',
      secret: 'd0c6f6e6a1f04b6ab1a6',
      reply: { status: 200, headers: { 'x-hook-secret': 'd0c6f6e6a1f04b6ab1a6' }, body: null },
    },
  ],
  [
    'okta',
    'repeats the challenge inside JSON',
    { method: 'GET', headers: { 'x-okta-verification-challenge': 'a"1' } },
    json({ verification: 'a"1' }),
  ],
  ['head', 'is there', { method: 'HEAD' }, empty],
  ['get', 'is there', { method: 'GET' }, empty],
  [
    'event-grid',
    'repeats the code of a validation event',
    {
      body: [{ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: '512d-38b6' } }],
    },
    json({ validationResponse: '512d-38b6' }),
  ],
  [
    'aws-sns',
    'confirms a subscription at SNS',
    { verified: true, body: { Type: 'SubscriptionConfirmation', SubscribeURL: subscribeUrl() } },
    { kind: 'confirm', url: subscribeUrl(), reply: empty.reply },
  ],
  [
    'twitch',
    'echoes the challenge of a signed verification',
    {
      verified: true,
      headers: { 'twitch-eventsub-message-type': 'webhook_callback_verification' },
      body: { challenge: 'pogchamp-kappa' },
    },
    text('pogchamp-kappa'),
  ],
  [
    'cloudevents',
    'permits the origin at the rate it asks for',
    { method: 'OPTIONS', headers: { 'webhook-request-origin': 'emitter.example.com', 'webhook-request-rate': '60' } },
    allowed('emitter.example.com', '60'),
  ],
  [
    'cloudevents',
    'permits any rate to who asks for none',
    { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } },
    allowed('eventgrid.azure.net', '*'),
  ],
  [
    'notion',
    'shows the verification token and keeps nothing',
    { body: { verification_token: 'secret_abcdefghijklmnop' } },
    { kind: 'show-token', token: 'secret_abcdefghijklmnop', reply: empty.reply },
  ],
  [
    'braintree',
    'answers with the public key and the hash of the challenge',
    {
      method: 'GET',
      query: '?bt_challenge=0123456789abcdef0123',
      secret: SECRET,
      settings: { publicKey: 'pub1' },
    },
    text(`pub1|${createHmac('sha1', createHash('sha1').update(SECRET).digest()).update('0123456789abcdef0123').digest('hex')}`),
  ],
  [
    'woocommerce',
    'takes the ping of a saved webhook',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'webhook_id=7' },
    empty,
  ],
]

function subscribeUrl(host = 'sns.eu-central-1.amazonaws.com'): string {
  return `https://${host}/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:1:T&Token=t`
}

function allowed(origin: string, rate: string) {
  const headers = { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': rate, allow: 'POST' }
  return { kind: 'reply', reply: { status: 200, headers, body: null } }
}

describe('answerHandshake answers', () => {
  for (const [name, what, question, answer] of answered) {
    it(`${name}: ${what}`, async ({ expect }) => {
      expect(await ask(name, question)).toEqual(answer)
    })
    it(`${name}: is silent at the other side of the signature check, and to other methods (${what})`, async ({ expect }) => {
      expect(await ask(name, { ...question, verified: !question.verified })).toBeUndefined()
      expect(await ask(name, { ...question, method: 'PUT' })).toBeUndefined()
    })
  }

  it('every handshake that a preset can name', ({ expect }) => {
    expect([...new Set(answered.map(([name]) => name))].toSorted()).toEqual(HANDSHAKES.toSorted())
  })
})

describe('a validation of Event Grid', () => {
  const body = [{ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'code' } }]
  it('is proven like events where there is something to prove with', async ({ expect }) => {
    for (const configured of [{ secret: SECRET }, { settings: { audience: 'api://us' } }]) {
      expect(await ask('event-grid', { ...configured, body })).toBeUndefined()
      expect(await ask('event-grid', { ...configured, body, verified: true })).toEqual(json({ validationResponse: 'code' }))
    }
  })
})

describe('handshakeMethods', () => {
  it('names the methods that are not those of events, each once', ({ expect }) => {
    expect(handshakeMethods(presetWith('meta', 'dropbox', 'slack', 'head', 'cloudevents'))).toEqual(['GET', 'HEAD', 'OPTIONS'])
    expect(handshakeMethods({ ...presetWith('get'), methods: ['POST', 'GET'] })).toEqual([])
  })
})
