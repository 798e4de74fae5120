import type { Problem } from '@orchestrator/shared/http/problem'
import { beforeAll, describe, it, vi } from 'vitest'
import { failing } from '../testing/faults.ts'
import { bare, configOf, newSender, requestFrom, type Sender } from '../testing/senders.ts'
import { env, fetchWith, seedConfig } from '../testing/stack.ts'

const SNS_CONFIRMATION = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t'

const senders: Record<string, Sender> = {}
const sender = (name: string): Sender => senders[name]!

beforeAll(async () => {
  for (const preset of [
    'slack',
    'meta-whatsapp',
    'x-twitter',
    'microsoft-graph',
    'aws-sns',
    'trello',
    'mailchimp',
    'cloudevents',
  ])
    senders[preset] = await newSender(preset, preset, preset === 'meta-whatsapp' ? { settings: { verifyToken: 'right' } } : {})
  await seedConfig(configOf(...Object.values(senders)))
})

async function stored(provider: string): Promise<number | null> {
  return env.DATA_00.prepare('SELECT count(*) AS n FROM inbox WHERE provider = ?').bind(provider).first<number>('n')
}

/** Everything durable is down: handshakes that keep nothing are answered all the same. */
const nothingDurable = {
  DATA_00: failing(env.DATA_00, 'batch', 'prepare'),
  PAYLOADS: failing(env.PAYLOADS, 'put'),
  WEBHOOK_QUEUE: failing(env.WEBHOOK_QUEUE, 'send', 'sendBatch'),
}

describe('a sender that asks whether we are there', () => {
  for (const [name, faults] of Object.entries({ 'with everything up': {}, 'with nothing durable': nothingDurable })) {
    const ask = (request: Request) => fetchWith({ ...env, ...faults }, request)

    it(`is answered as it wants, ${name}, and nothing is stored`, async ({ expect }) => {
      const slack = await ask(await requestFrom(sender('slack'), { body: '{"type":"url_verification","challenge":"c1"}' }))
      expect([slack.status, await slack.text(), slack.headers.get('cache-control')]).toEqual([200, 'c1', 'no-store'])
      expect(slack.headers.get('content-type')).toMatch(/^text\/plain/)

      const query = '?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token='
      const meta = await ask(bare('meta-whatsapp', { method: 'GET', query: `${query}right` }))
      expect([meta.status, await meta.text()]).toEqual([200, '1158201444'])
      expect((await ask(bare('meta-whatsapp', { method: 'GET', query: `${query}wrong` }))).status).toBe(401)

      const graph = await ask(bare('microsoft-graph', { query: '?validationToken=Validation%3A%20Testing%20%3Cb%3E' }))
      expect([graph.status, await graph.text()]).toEqual([200, 'Validation: Testing <b>'])
      expect([graph.headers.get('content-type'), graph.headers.get('x-content-type-options')]).toEqual(['text/plain', 'nosniff'])

      const x = await ask(bare('x-twitter', { method: 'GET', query: '?crc_token=abc' }))
      const { response_token: token } = await x.json<{ response_token: string }>()
      expect([x.status, token]).toEqual([200, `sha256=${await hmac(sender('x-twitter').keys.configure ?? '', 'abc')}`])

      expect((await ask(bare('trello', { method: 'HEAD' }))).status).toBe(200)
      expect((await ask(bare('mailchimp', { method: 'GET' }))).status).toBe(200)
      const headers = { 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' }
      const options = await ask(bare('cloudevents', { method: 'OPTIONS', headers }))
      expect(options.status).toBe(200)
      expect(options.headers.get('webhook-allowed-origin')).toBe('eventemitter.example.com')

      for (const provider of Object.keys(senders)) expect(await stored(provider), provider).toBe(0)
    })
  }

  it('with a challenge that it did not sign is refused like any bad signature', async ({ expect }) => {
    const body = '{"type":"url_verification","challenge":"c1"}'
    const response = await fetchWith(env, await requestFrom(sender('slack'), { body, signWith: ['another'] }))
    expect([response.status, (await response.json<Problem>()).code]).toEqual([401, 'signature_invalid'])
  })

  it('by a method that only handshakes use, without being one, is refused', async ({ expect }) => {
    for (const [provider, method] of [
      ['meta-whatsapp', 'GET'],
      ['x-twitter', 'GET'],
      ['cloudevents', 'OPTIONS'],
    ] as const) {
      expect((await fetchWith(env, bare(provider, { method }))).status, provider).toBe(401)
    }
  })

  it('hashed for whoever asks is no signature of an event: bodies of that form are refused', async ({ expect }) => {
    for (const text of ['123', 'null', 'hello-world']) {
      const asked = await fetchWith(env, bare('x-twitter', { method: 'GET', query: `?crc_token=${text}` }))
      const { response_token: proof } = await asked.json<{ response_token: string }>()
      const headers = { 'x-twitter-webhooks-signature': proof }
      expect((await fetchWith(env, bare('x-twitter', { body: text, headers }))).status, text).toBe(401)
    }
    expect((await fetchWith(env, await requestFrom(sender('x-twitter'), { body: '{"a":1}' }))).status).toBe(200)
  })

  it('by any other method hears which ones there are', async ({ expect }) => {
    for (const [provider, method, allow] of [
      ['slack', 'GET', 'POST'],
      ['meta-whatsapp', 'PUT', 'POST, GET'],
      ['trello', 'DELETE', 'POST, HEAD'],
      ['cloudevents', 'GET', 'POST, OPTIONS'],
      ['stripe', 'HEAD', 'POST'],
      ['stripe', 'OPTIONS', 'POST'],
    ] as const) {
      const response = await fetchWith(env, bare(provider, { method }))
      expect([response.status, response.headers.get('allow')], `${method} ${provider}`).toEqual([405, allow])
    }
  })
})

describe('SNS', () => {
  const confirmation = JSON.stringify({
    Type: 'SubscriptionConfirmation',
    MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
    Token: 't',
    Message: 'You have chosen to subscribe to the topic.',
    SubscribeURL: SNS_CONFIRMATION,
    SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abc.pem',
  })

  /** Sends the confirmation while SNS's host answers with this status; answers ours, and what was visited. */
  async function confirmed(status: number, faults = {}) {
    const visited: string[] = []
    const certificate = await sender('aws-sns').keys.fetchKey({ url: '' })
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      const url = input instanceof Request ? input.url : String(input)
      visited.push(url)
      return url.endsWith('.pem') ? new Response(certificate) : new Response('<ok/>', { status })
    })
    try {
      const response = await fetchWith({ ...env, ...faults }, await requestFrom(sender('aws-sns'), { body: confirmation }))
      return { code: response.status, visited: visited.filter((url) => !url.endsWith('.pem')) }
    } finally {
      spy.mockRestore()
    }
  }

  it('has its subscription confirmed by a visit to its own address, also while nothing durable is up', async ({ expect }) => {
    for (const faults of [{}, nothingDurable])
      expect(await confirmed(200, faults)).toEqual({ code: 200, visited: [SNS_CONFIRMATION] })
  })

  it('is asked to send again where the visit fails, or redirects', async ({ expect }) => {
    for (const status of [500, 403, 302]) expect(await confirmed(status)).toMatchObject({ code: 503 })
  })

  it('is not visited at an address that it did not sign', async ({ expect }) => {
    const visited: string[] = []
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      const url = input instanceof Request ? input.url : String(input)
      visited.push(url)
      return new Response(await sender('aws-sns').keys.fetchKey({ url }))
    })
    const signed = await requestFrom(sender('aws-sns'), { body: confirmation })
    const body = (await signed.text()).replace('Token=t', 'Token=u')
    const headers = Object.fromEntries(signed.headers)
    expect((await fetchWith(env, bare('aws-sns', { headers, body }))).status).toBe(401)
    spy.mockRestore()
    expect(visited.filter((url) => !url.endsWith('.pem'))).toEqual([])
  })
})

async function hmac(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))))
}
