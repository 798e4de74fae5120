import { base64url, generateKeyPair, exportPKCS8, exportSPKI, SignJWT, UnsecuredJWT } from 'jose'
import { describe, it } from 'vitest'
import type { JwtScheme, Preset } from '../../../contracts/preset.ts'
import { preset as presetSchema } from '../../../contracts/preset.ts'
import { utf8 } from '../../../core/bytes.ts'
import { ADDRESS, keyHost, outcome, signed, SIGNED_AT } from '../../../testing/verify-signed.ts'
import { verify } from '../../verify.ts'
import { preset as livekit } from '../../presets/livekit.ts'
import { publicJwk } from './sign-jwt.ts'

const SECRET = 'a shared secret that is long enough'
const BODY = '{"id":"e1"}'
const KEYS_URL = 'https://sender.example/keys'

const custom = (changes: Partial<JwtScheme> = {}): Preset => ({
  ...livekit,
  id: 'custom',
  verification: {
    scheme: 'jwt',
    header: 'x-token',
    prefix: 'Bearer ',
    algorithms: ['HS256'],
    keys: { kind: 'secret' },
    checks: [{ kind: 'hash', claim: 'hash', of: 'body', encoding: 'hex' }],
    requiredTimes: ['exp'],
    clockSkewSeconds: 5,
    ...changes,
  },
})
const token = (
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
  key: Parameters<SignJWT['sign']>[0] = utf8(SECRET),
) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(key)
const request = (text: string) => ({ url: ADDRESS, headers: { 'x-token': text }, rawBody: utf8(BODY) })
/** A scheme that only looks at times, so that tests say which. */
const bare = custom({ checks: [], requiredTimes: [] })

describe('a token under a shared secret', () => {
  it('is what sign makes, for any HS algorithm, and tells what it proved', async ({ expect }) => {
    for (const algorithm of ['HS256', 'HS384', 'HS512'] as const) {
      const preset = custom({ algorithms: [algorithm] })
      expect(presetSchema.parse(preset)).toEqual(preset)
      expect(await outcome(preset, await signed(preset, BODY, [SECRET]), [SECRET])).toBe('accepted')
    }
    const preset = custom()
    const { url, headers, rawBody } = await signed(preset, BODY, [SECRET])
    const secrets = [
      { label: 'current' as const, secret: 'another one' },
      { label: 'previous' as const, secret: SECRET },
    ]
    const input = {
      preset,
      method: 'POST',
      url,
      headers: new Headers(headers),
      rawBody,
      secrets,
      settings: {},
      fetchKey: async () => undefined,
    }
    const verdict = await verify({ ...input, now: SIGNED_AT * 1000 + 3_999 })
    expect(verdict).toMatchObject({ ok: true, value: { scheme: 'jwt', secret: 'previous', timestamp: SIGNED_AT, ageSeconds: 3 } })
    expect(verdict.ok && verdict.value.claims?.['hash']).toHaveLength(64)
  })

  it('is refused when the body, the secret or any part of it is another', async ({ expect }) => {
    const preset = custom()
    const good = await signed(preset, BODY, [SECRET])
    expect(await outcome(preset, { ...good, rawBody: utf8(`${BODY} `) }, [SECRET])).toBe('no_match')
    expect(await outcome(preset, { ...good, rawBody: new Uint8Array() }, [SECRET])).toBe('no_match')
    expect(await outcome(preset, good, ['another one'])).toBe('no_match')
    expect(await outcome(preset, good, [])).toBe('unusable_secret')
    expect(await outcome(preset, good, [''])).toBe('unusable_secret')
    const [head, payload, signature] = good.headers['x-token']!.split('.')
    const later = base64url.encode(JSON.stringify({ exp: SIGNED_AT + 9_999 }))
    expect(await outcome(bare, request(`${head}.${later}.${signature}`), [SECRET])).toBe('no_match')
    const truncated = request(`${head}.${payload}.${signature!.slice(0, -2)}`)
    expect(['no_match', 'malformed_header']).toContain(await outcome(preset, truncated, [SECRET]))
  })

  it('is refused when it spells the signature’s spare bits otherwise', async ({ expect }) => {
    const text = `Bearer ${await token({})}`
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const sibling = alphabet[alphabet.indexOf(text.at(-1)!) ^ 1]
    expect(await outcome(bare, request(text), [SECRET])).toBe('accepted')
    expect(await outcome(bare, request(text.slice(0, -1) + sibling), [SECRET])).toBe('malformed_header')
  })

  it('is refused when it is none', async ({ expect }) => {
    const preset = custom()
    expect(await outcome(preset, { ...request(''), headers: {} }, [SECRET])).toBe('missing_header')
    const good = await token({})
    for (const text of [
      '',
      'Bearer',
      'Bearer ',
      'Bearer a.b',
      'Bearer a.b.c',
      `Basic ${good}`,
      good,
      `Bearer ${good}, Bearer ${good}`,
    ]) {
      expect(await outcome(bare, request(text), [SECRET]), text).toBe('malformed_header')
    }
    expect(await outcome(bare, request(`Bearer ${'a'.repeat(20_000)}.b.c`), [SECRET])).toBe('malformed_header')
    const list = `${base64url.encode('{"alg":"HS256"}')}.${base64url.encode('[1]')}.AAAA`
    expect(await outcome(bare, request(`Bearer ${list}`), [SECRET])).toBe('malformed_header')
    expect(await outcome(bare, request(`bearer ${good}`), [SECRET])).toBe('accepted')
  })

  it('is refused with no algorithm, another one, or an extension that must be understood', async ({ expect }) => {
    const unsecured = new UnsecuredJWT({}).encode()
    expect(await outcome(bare, request(`Bearer ${unsecured}`), [SECRET])).toBe('malformed_header')
    expect(await outcome(bare, request(`Bearer ${unsecured}AAAA`), [SECRET])).toBe('malformed_header')
    expect(await outcome(bare, request(`Bearer ${await token({}, { alg: 'HS512' })}`), [SECRET])).toBe('malformed_header')
    const head = base64url.encode('{"alg":"HS256","crit":["exp"],"exp":1}')
    const body = (await token({})).split('.').slice(1).join('.')
    expect(await outcome(bare, request(`Bearer ${head}.${body}`), [SECRET])).toBe('malformed_header')
  })
})

describe('the times of a token', () => {
  const at = async (claims: Record<string, unknown>, changes: Partial<JwtScheme> = {}, toleranceSeconds?: number) =>
    outcome(custom({ checks: [], requiredTimes: [], ...changes }), request(`Bearer ${await token(claims)}`), [SECRET], {
      toleranceSeconds,
    })

  it('may be off by the skew and no more', async ({ expect }) => {
    expect(await at({ exp: SIGNED_AT - 4 })).toBe('accepted')
    expect(await at({ exp: SIGNED_AT - 5 })).toBe('timestamp_too_old')
    expect(await at({ nbf: SIGNED_AT + 5 })).toBe('accepted')
    expect(await at({ nbf: SIGNED_AT + 6 })).toBe('timestamp_in_future')
    expect(await at({ iat: SIGNED_AT + 6 })).toBe('timestamp_in_future')
  })

  it('limit its age and its life, without skew', async ({ expect }) => {
    expect(await at({ iat: SIGNED_AT - 300 }, { maxAgeSeconds: 300 })).toBe('accepted')
    expect(await at({ iat: SIGNED_AT - 301 }, { maxAgeSeconds: 300 })).toBe('timestamp_too_old')
    expect(await at({}, { maxAgeSeconds: 300 })).toBe('malformed_header')
    expect(await at({ exp: SIGNED_AT + 60 }, { maxLifetimeSeconds: 60 })).toBe('timestamp_in_future')
  })

  it('must be there where they are required, and be numbers', async ({ expect }) => {
    expect(await at({}, { requiredTimes: ['exp'] })).toBe('malformed_header')
    expect(await at({ exp: String(SIGNED_AT + 60) })).toBe('malformed_header')
    expect(await at({ nbf: null })).toBe('malformed_header')
  })

  it('follow the tolerance of the provider', async ({ expect }) => {
    expect(await at({ exp: SIGNED_AT - 50 }, {}, 60)).toBe('accepted')
    expect(await at({ iat: SIGNED_AT - 20 }, { maxAgeSeconds: 300 }, 10)).toBe('timestamp_too_old')
  })
})

describe('the claims of a token', () => {
  const check = async (checks: JwtScheme['checks'], claims: Record<string, unknown>, settings = {}) =>
    outcome(custom({ checks, requiredTimes: [] }), request(`Bearer ${await token(claims)}`), [SECRET], { settings })

  it('are one of the values wanted', async ({ expect }) => {
    const checks: JwtScheme['checks'] = [{ kind: 'equals', claim: 'iss', oneOf: ['a', 'b'] }]
    expect(await check(checks, { iss: 'b' })).toBe('accepted')
    expect(await check(checks, { iss: ['b'] })).toBe('wrong_claim')
    expect(await check(checks, { iss: 'B' })).toBe('wrong_claim')
    expect(await check(checks, {})).toBe('malformed_header')
    expect(await check([{ kind: 'equals', claim: 'ok', oneOf: [true] }], { ok: 'true' })).toBe('wrong_claim')
    expect(await check([{ kind: 'equals', claim: 'toString', oneOf: ['x'] }], {})).toBe('malformed_header')
  })

  it('are what a setting says; without it they pass only where the address stands in for it', async ({ expect }) => {
    const strict: JwtScheme['checks'] = [{ kind: 'setting', claim: 'aud', setting: 'audience' }]
    expect(await check(strict, { aud: ['x', 'ours'] }, { audience: ['ours', 'also ours'] })).toBe('accepted')
    expect(await check(strict, { aud: ['x'] }, { audience: 'ours' })).toBe('wrong_claim')
    expect(await check(strict, { aud: '' }, { audience: '' })).toBe('unusable_secret')
    expect(await check(strict, { aud: 'ours' })).toBe('unusable_secret')
    const open: JwtScheme['checks'] = [{ kind: 'setting', claim: 'aud', setting: 'audience', otherwise: 'url' }]
    expect(await check(open, { aud: ADDRESS })).toBe('accepted')
    expect(await check(open, { aud: ADDRESS }, { audience: 'ours' })).toBe('wrong_claim')
  })

  it('hash address and body, absent exactly with an empty body', async ({ expect }) => {
    const checks: JwtScheme['checks'] = [
      { kind: 'hash', claim: 'u', of: 'url', encoding: 'base64' },
      { kind: 'hash', claim: 'b', of: 'body', encoding: 'base64url', absentWhenEmpty: true },
    ]
    const preset = custom({ checks })
    for (const body of [BODY, '']) {
      const good = await signed(preset, body, [SECRET])
      expect(await outcome(preset, good, [SECRET])).toBe('accepted')
      expect(await outcome(preset, { ...good, url: `${ADDRESS}?a=1` }, [SECRET])).toBe('wrong_claim')
      expect(await outcome(preset, { ...good, rawBody: utf8(body ? '' : BODY) }, [SECRET])).toBe('no_match')
    }
    const padded = { ...checks[1]!, encoding: 'base64url' } as JwtScheme['checks'][number]
    const hash = base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(BODY))))
    expect(await check([padded], { b: `${hash}=` })).toBe('accepted')
    expect(await check([padded], { b: `${hash}===` })).toBe('no_match')
    expect(await check([padded], { b: 7 })).toBe('malformed_header')
  })
})

describe('a token under a fetched key', async () => {
  const pairs = {
    RS256: await generateKeyPair('RS256', { extractable: true }),
    ES256: await generateKeyPair('ES256', { extractable: true }),
  }
  const pems = { RS256: await exportPKCS8(pairs.RS256.privateKey), ES256: await exportPKCS8(pairs.ES256.privateKey) }
  const jwks = { RS256: await publicJwk(pems.RS256, 'RS256'), ES256: await publicJwk(pems.ES256, 'ES256') }
  const keySet = JSON.stringify({ keys: [{ kty: 'oct', kid: 'shared', k: 'AAAA' }, 7, jwks.RS256, jwks.ES256] })
  const preset = custom({ algorithms: ['RS256', 'ES256'], keys: { kind: 'jwks', url: KEYS_URL } })
  const es = custom({ algorithms: ['ES256'], keys: { kind: 'jwks', url: KEYS_URL } })

  it('is what sign makes with a private key, which names its key by the thumbprint', async ({ expect }) => {
    const host = keyHost({ [KEYS_URL]: keySet })
    expect(await outcome(preset, await signed(preset, BODY, [pems.RS256]), [], host)).toBe('accepted')
    expect(await outcome(es, await signed(es, BODY, [pems.ES256]), [], host)).toBe('accepted')
    expect(host.asked).toEqual([{ url: KEYS_URL }, { url: KEYS_URL }])
    expect('d' in jwks.RS256).toBe(false)
  })

  it('asks anew once for an id that is not known', async ({ expect }) => {
    const good = await signed(es, BODY, [pems.ES256])
    const stale = JSON.stringify({ keys: [jwks.RS256] })
    expect(await outcome(es, good, [], { fetchKey: async ({ fresh }) => (fresh ? keySet : stale) })).toBe('accepted')
    const host = keyHost({ [KEYS_URL]: stale })
    expect(await outcome(es, good, [], host)).toBe('unknown_key')
    expect(host.asked).toEqual([{ url: KEYS_URL }, { url: KEYS_URL, fresh: true }])
  })

  it('cannot be judged while the keys cannot be had', async ({ expect }) => {
    const good = await signed(es, BODY, [pems.ES256])
    for (const answer of [undefined, null, '', 'no json', '[]', '{"keys":7}']) {
      expect(await outcome(es, good, [], { fetchKey: async () => answer })).toBe('key_unavailable')
    }
  })

  it('costs no request when it cannot pass', async ({ expect }) => {
    const host = keyHost({ [KEYS_URL]: keySet })
    const good = await signed(es, BODY, [pems.ES256])
    expect(await outcome(es, { ...good, rawBody: utf8('x') }, [], host)).toBe('no_match')
    expect(await outcome(es, good, [], { ...host, now: (SIGNED_AT + 9_999) * 1000 })).toBe('timestamp_too_old')
    const sign = (header: Record<string, unknown>) =>
      token({ exp: SIGNED_AT + 60 }, { alg: 'ES256', ...header }, pairs.ES256.privateKey)
    const times = custom({ algorithms: ['ES256'], keys: { kind: 'jwks', url: KEYS_URL }, checks: [] })
    for (const header of [{}, { kid: '' }, { kid: 'a b' }, { kid: 'k'.repeat(300) }]) {
      expect(await outcome(times, request(`Bearer ${await sign(header)}`), [], host)).toBe('unknown_key')
    }
    expect(host.asked).toEqual([])
  })

  it('is refused under a key for something else, under a stranger’s, and under one it brings itself', async ({ expect }) => {
    const times = custom({ algorithms: ['ES256'], keys: { kind: 'jwks', url: KEYS_URL }, checks: [], requiredTimes: [] })
    const sign = async (kid?: string, key = pairs.ES256.privateKey) =>
      request(`Bearer ${await token({}, { alg: 'ES256', kid, jwk: jwks.ES256 }, key)}`)
    const answer = (key: object) => ({ fetchKey: async () => JSON.stringify({ keys: [key] }) })
    const stranger = await generateKeyPair('ES256')
    expect(await outcome(times, await sign(jwks.ES256.kid, stranger.privateKey), [], answer(jwks.ES256))).toBe('no_match')
    expect(await outcome(times, await sign('k'), [], answer({ ...jwks.ES256, kid: 'k', use: 'enc' }))).toBe('unknown_key')
    expect(await outcome(times, await sign('k'), [], answer({ ...jwks.RS256, kid: 'k' }))).toBe('unknown_key')
    expect(await outcome(times, await sign('k'), [], answer({ ...jwks.ES256, kid: 'k', x: 'AAAA' }))).toBe('no_match')
    expect(await outcome(times, await sign(), [], answer(jwks.ES256))).toBe('unknown_key')
  })

  it('is never an HMAC keyed with the public key, whatever the preset says', async ({ expect }) => {
    const confused = custom({
      algorithms: ['HS256', 'RS256'],
      keys: { kind: 'jwks', url: KEYS_URL },
      checks: [],
      requiredTimes: [],
    })
    expect(presetSchema.safeParse(confused).success).toBe(false)
    const spki = await exportSPKI(pairs.RS256.publicKey)
    const forged = request(`Bearer ${await token({}, { kid: jwks.RS256.kid }, utf8(spki))}`)
    expect(await outcome(confused, forged, [spki], keyHost({ [KEYS_URL]: keySet }))).toBe('malformed_header')
    const configured = custom({ algorithms: ['HS256', 'RS256'], keys: { kind: 'public-key' }, checks: [], requiredTimes: [] })
    expect(await outcome(configured, forged, [spki])).toBe('malformed_header')
    const shared = custom({ algorithms: ['RS256'], keys: { kind: 'secret' }, checks: [] })
    expect(presetSchema.safeParse(shared).success).toBe(false)
  })

  it('may have its public key configured instead', async ({ expect }) => {
    const configured = custom({ algorithms: ['ES256'], keys: { kind: 'public-key' } })
    const good = await signed(configured, BODY, [pems.ES256])
    const spki = await exportSPKI(pairs.ES256.publicKey)
    expect(await outcome(configured, good, [await exportSPKI(pairs.RS256.publicKey), spki])).toBe('accepted')
    expect(await outcome(configured, good, ['garbage'])).toBe('unusable_secret')
  })

  it('says what signing misses', async ({ expect }) => {
    await expect(signed(es, BODY, [])).rejects.toThrow('private key')
    await expect(signed(es, BODY, ['garbage'])).rejects.toThrow('PKCS #8')
    await expect(signed(livekit, BODY, [SECRET])).rejects.toThrow('apiKey')
  })
})
