import { afterEach, beforeAll, beforeEach, describe, it, vi } from 'vitest'
import type { Preset, Verification } from '@orchestrator/shared/verification/types'
import { bare, configOf, newSender, requestFrom, type Sender } from '../testing/senders.ts'
import { env, fetchWith, inboxRow, seedConfig } from '../testing/stack.ts'

/** What an operator would write for a sender that we do not know: events with `id` and `kind`. */
function custom(verification: Verification, changes: Partial<Preset> = {}): Preset {
  return {
    id: 'my-sender',
    title: 'Sender of mine',
    verification,
    eventId: { kind: 'body', path: 'id' },
    eventType: { kind: 'body', path: 'kind' },
    dedupe: { by: 'id' },
    bodyAuthenticated: true,
    methods: ['POST'],
    handshakes: [],
    reply: { status: 200, body: { kind: 'result' } },
    ...changes,
  }
}

type SignatureScheme = Extract<Verification, { scheme: 'signature' }>
type Algorithm = SignatureScheme['algorithm']

const FIVE_MINUTES = { pastSeconds: 300, futureSeconds: 300 }

function signature(algorithm: Algorithm, changes: Partial<SignatureScheme> = {}): SignatureScheme {
  return {
    scheme: 'signature',
    algorithm,
    headers: ['x-signature'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'base64',
    template: '{timestamp}.{body}',
    timestamp: { from: { kind: 'header', names: ['x-time'] }, unit: 'seconds', tolerance: FIVE_MINUTES },
    ...changes,
  }
}

const hmac = (hash: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512', encoding: 'utf8' | 'hex' | 'base64' = 'utf8'): Algorithm => ({
  kind: 'hmac',
  hash,
  key: { encoding },
})

const SIGNED: Record<string, Verification> = {
  'hmac-sha1': signature(hmac('SHA-1'), { encoding: 'hex', format: { kind: 'whole', prefix: 'sha1=' } }),
  'hmac-sha256': signature(hmac('SHA-256', 'hex'), { encoding: 'hex' }),
  'hmac-sha384': signature(hmac('SHA-384')),
  'hmac-sha512': signature(hmac('SHA-512', 'base64'), { encoding: 'base64url' }),
  'hmac-pairs': signature(hmac('SHA-256'), {
    format: { kind: 'pairs', separator: ';', name: 'sig' },
    timestamp: { from: { kind: 'pair', name: 'at' }, unit: 'milliseconds', tolerance: FIVE_MINUTES },
  }),
  ed25519: signature({ kind: 'ed25519', key: 'raw-hex' }, { encoding: 'hex' }),
  'ecdsa-der': signature({ kind: 'ecdsa-p256', key: 'spki', format: 'der' }),
  'ecdsa-raw': signature({ kind: 'ecdsa-p256', key: 'pem', format: 'raw' }),
  'rsa-sha256': signature({ kind: 'rsa', hash: 'SHA-256', key: 'pem' }),
  'rsa-sha512': signature({ kind: 'rsa', hash: 'SHA-512', key: 'spki' }),
  'jwt-secret': {
    scheme: 'jwt',
    header: 'x-token',
    algorithms: ['HS256'],
    keys: { kind: 'secret' },
    checks: [{ kind: 'hash', claim: 'body', of: 'body', encoding: 'hex' }],
    clockSkewSeconds: 30,
    maxAgeSeconds: 300,
  },
  'jwt-jwks': {
    scheme: 'jwt',
    header: 'authorization',
    prefix: 'Bearer ',
    algorithms: ['RS256'],
    keys: { kind: 'jwks', url: 'https://keys.sender.example.com/jwks.json' },
    checks: [
      { kind: 'equals', claim: 'iss', oneOf: ['https://sender.example.com'] },
      { kind: 'setting', claim: 'aud', setting: 'audience' },
      { kind: 'hash', claim: 'body', of: 'body', encoding: 'base64url' },
    ],
    requiredTimes: ['exp'],
    clockSkewSeconds: 30,
    maxAgeSeconds: 300,
  },
}

const SHARED: Record<string, Verification> = {
  'token-header': { scheme: 'token', from: [{ kind: 'header', name: 'authorization', prefix: 'Bearer ' }] },
  'token-query': { scheme: 'token', from: [{ kind: 'query', name: 'key' }] },
  basic: { scheme: 'token', from: [{ kind: 'basic' }] },
}

const NETWORK = custom({ scheme: 'none' }, { bodyAuthenticated: false, dedupe: { by: 'body' } })

const senders = new Map<string, Sender>()
const senderOf = (name: string) => senders.get(name)!
const event = (id: string) => JSON.stringify({ id, kind: 'order.created' })
const status = async (request: Request) => (await fetchWith(env, request)).status

beforeAll(async () => {
  for (const [name, verification] of Object.entries(SIGNED)) senders.set(name, await newSender(name, custom(verification)))
  for (const [name, verification] of Object.entries(SHARED))
    senders.set(name, await newSender(name, custom(verification, { bodyAuthenticated: false })))
  senders.set('none', await newSender('none', NETWORK, { allowedIps: ['203.0.113.0/24', '2001:db8::/32'] }))
  const noContent = custom(SHARED['token-header']!, { reply: { status: 204, body: { kind: 'result' } } })
  senders.set('no-content', await newSender('no-content', noContent))
  senders.set('none-for-all', await newSender('none-for-all', NETWORK))
  await seedConfig(configOf(...senders.values()))
})

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const url = input instanceof Request ? input.url : String(input)
    return new Response((await senderOf('jwt-jwks').keys.fetchKey({ url })) ?? null)
  })
})
afterEach(() => vi.restoreAllMocks())

describe('a custom provider', () => {
  for (const name of [...Object.keys(SIGNED), ...Object.keys(SHARED)]) {
    it(`that signs with ${name} is believed, and its event is told by what its data says`, async ({ expect }) => {
      const response = await fetchWith(env, await requestFrom(senderOf(name), { body: event(name) }))
      const { id, status: outcome } = await response.json<{ id: string; status: string }>()
      expect([response.status, outcome]).toEqual([200, 'accepted'])
      const row = await inboxRow(id)
      expect(row).toMatchObject({ provider: name, eventId: name, type: 'order.created', dedupeKey: `id:${name}` })
      expect(JSON.parse(row?.verification ?? '')).toMatchObject({
        preset: 'my-sender',
        bodyAuthenticated: name in SIGNED,
        secret: name === 'jwt-jwks' ? null : 'current',
      })
      const { keys } = senderOf(name)
      for (const secret of keys.signWith) expect(JSON.stringify(row)).not.toContain(secret)
    })

    it(`that signs with ${name} is refused under another key, or without any`, async ({ expect }) => {
      const stranger = await newSender(name, senderOf(name).preset)
      expect(await status(await requestFrom(stranger, { body: event('x') }))).toBe(401)
      expect(await status(bare(name, { body: event('x') }))).toBe(401)
    })
  }

  for (const name of Object.keys(SIGNED)) {
    it(`that signs with ${name} is refused with another body, and ten minutes late`, async ({ expect }) => {
      const signed = await requestFrom(senderOf(name), { body: event('right') })
      expect(await status(bare(name, { headers: Object.fromEntries(signed.headers), body: event('wrong') }))).toBe(401)
      expect(await status(await requestFrom(senderOf(name), { body: event('late'), age: 600 }))).toBe(401)
    })
  }

  it('whose keys cannot be fetched hears 503, and is believed as soon as they can', async ({ expect }) => {
    vi.mocked(fetch).mockImplementation(async () => new Response('oops', { status: 500 }))
    expect(await status(await requestFrom(senderOf('jwt-jwks'), { body: event('unlucky') }))).toBe(503)
    vi.restoreAllMocks()
    vi.spyOn(globalThis, 'fetch').mockImplementation(
      async () => new Response((await senderOf('jwt-jwks').keys.fetchKey({ url: '' })) ?? null),
    )
    expect(await status(await requestFrom(senderOf('jwt-jwks'), { body: event('unlucky') }))).toBe(200)
  })

  it('that wants 204 hears it, without a body whatever is configured', async ({ expect }) => {
    const response = await fetchWith(env, await requestFrom(senderOf('no-content'), { body: event('silent') }))
    expect([response.status, response.body]).toEqual([204, null])
  })

  it('that proves nothing is taken from its networks only, and never from anywhere', async ({ expect }) => {
    for (const [provider, ip, code] of [
      ['none', '203.0.113.9', 200],
      ['none', '::ffff:203.0.113.10', 200],
      ['none', '2001:db8::1', 200],
      ['none', '198.51.100.1', 403],
      ['none', '2001:db9::1', 403],
      ['none', 'garbage', 403],
      ['none-for-all', '203.0.113.9', 503],
    ] as const) {
      const request = bare(provider, { headers: { 'cf-connecting-ip': ip }, body: event(`${provider} ${ip}`) })
      expect(await status(request), `${provider} ${ip}`).toBe(code)
    }
    expect(await status(bare('none', { body: event('no address') }))).toBe(403)
  })
})
