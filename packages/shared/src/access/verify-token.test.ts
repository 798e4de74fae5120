import { generateKeyPair, exportJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { describe, it } from 'vitest'
import { utf8 } from '../core/bytes.ts'
import { err, ok } from '../core/result.ts'
import type { FindKey } from './jwks.ts'
import { verifyAccessToken, type VerifyOptions } from './verify-token.ts'

const ISSUER = 'https://team.cloudflareaccess.com'
const AUDIENCE = 'console'
const NOW = 1_700_000_000_000
const NOW_S = NOW / 1_000
const PERSON = { sub: 'u1', email: 'Viewer@Example.com' }

const pair = await generateKeyPair('RS256', { extractable: true })
const stranger = await generateKeyPair('RS256')
const publicJwk: JWK = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }

const findKey: FindKey = async (kid) => (kid === 'k1' ? ok(publicJwk) : err({ reason: 'key_unknown', kid }))
const options: VerifyOptions = { issuer: ISSUER, audience: AUDIENCE, now: NOW, findKey }

const CLAIMS = { iss: ISSUER, aud: [AUDIENCE], exp: NOW_S + 60, iat: NOW_S, nbf: NOW_S, ...PERSON }
const sign = (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key = pair.privateKey) =>
  new SignJWT({ ...CLAIMS, ...changes }).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key)
const refusal = async (token: string | undefined, changes: Partial<VerifyOptions> = {}) => {
  const result = await verifyAccessToken(token, { ...options, ...changes })
  return result.ok ? 'accepted' : result.error.reason
}

describe('an Access token', () => {
  it('says who a person is, by lower-case email', async ({ expect }) => {
    expect(await verifyAccessToken(await sign(), options)).toEqual(ok({ kind: 'user', id: 'viewer@example.com' }))
  })

  it('takes nobody for somebody else whose email has a letter that only looks like theirs in capitals', async ({ expect }) => {
    // The Kelvin sign, whose small letter is the k of ASCII.
    const email = 'mi\u212ae@Example.com'
    expect(await verifyAccessToken(await sign({ email }), options)).toEqual(ok({ kind: 'user', id: 'mi\u212ae@example.com' }))
  })

  it('says which service token it is, by its common name and empty subject', async ({ expect }) => {
    const token = await sign({ sub: '', email: undefined, common_name: 'deploy.access' })
    expect(await verifyAccessToken(token, options)).toEqual(ok({ kind: 'service', id: 'deploy.access' }))
  })

  it('may name its audience as a text or in a list', async ({ expect }) => {
    expect(await refusal(await sign({ aud: AUDIENCE }))).toBe('accepted')
    expect(await refusal(await sign({ aud: ['other', AUDIENCE] }))).toBe('accepted')
  })

  it('is refused without an audience, for another one, and for one that only begins like ours', async ({ expect }) => {
    expect(await refusal(await sign({ aud: undefined }))).toBe('audience_wrong')
    expect(await refusal(await sign({ aud: ['breakglass'] }))).toBe('audience_wrong')
    expect(await refusal(await sign({ aud: [] }))).toBe('audience_wrong')
    expect(await refusal(await sign({ aud: 'console2' }))).toBe('audience_wrong')
    expect(await refusal(await sign({ aud: '' }), { audience: '' })).toBe('audience_wrong')
  })

  it('is refused from another issuer', async ({ expect }) => {
    expect(await refusal(await sign({ iss: 'https://other.cloudflareaccess.com' }))).toBe('issuer_wrong')
    expect(await refusal(await sign({ iss: undefined }))).toBe('issuer_wrong')
  })

  it('is refused without algorithm, and with an HMAC keyed with our public key', async ({ expect }) => {
    const unsecured = new UnsecuredJWT(CLAIMS).encode()
    expect(await refusal(unsecured)).toBe('algorithm_refused')
    const hmac = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(utf8(JSON.stringify(publicJwk)))
    expect(await refusal(hmac)).toBe('algorithm_refused')
    const pss = await generateKeyPair('PS256')
    const other = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'PS256', kid: 'k1' }).sign(pss.privateKey)
    expect(await refusal(other)).toBe('algorithm_refused')
  })

  it('is refused with a critical header', async ({ expect }) => {
    const [, claims, signature] = (await sign()).split('.')
    const header = btoa(JSON.stringify({ alg: 'RS256', kid: 'k1', crit: ['exp'], exp: 1 })).replaceAll('=', '')
    expect(await refusal(`${header}.${claims}.${signature}`)).toBe('critical_header_refused')
  })

  it('forgives 30 seconds of skew at both ends and no more', async ({ expect }) => {
    expect(await refusal(await sign({ exp: NOW_S - 29 }))).toBe('accepted')
    expect(await refusal(await sign({ exp: NOW_S - 30 }))).toBe('expired')
    expect(await refusal(await sign({ exp: undefined }))).toBe('expiry_missing')
    expect(await refusal(await sign({ nbf: NOW_S + 30 }))).toBe('accepted')
    expect(await refusal(await sign({ nbf: NOW_S + 31 }))).toBe('not_yet_valid')
    expect(await refusal(await sign({ nbf: undefined }))).toBe('accepted')
  })

  it('is refused when somebody else signed it, or it was changed afterwards', async ({ expect }) => {
    expect(await refusal(await sign({}, {}, stranger.privateKey))).toBe('signature_wrong')
    const [header, claims, signature] = (await sign()).split('.')
    const changed = btoa(JSON.stringify({ ...CLAIMS, email: 'admin@example.com' })).replaceAll('=', '')
    expect(await refusal(`${header}.${changed}.${signature}`)).toBe('signature_wrong')
    expect(await refusal(`${header}.${claims}.`)).toBe('signature_wrong')
  })

  it('is refused with an unknown key or none', async ({ expect }) => {
    expect(await refusal(await sign({}, { kid: 'k2' }))).toBe('key_unknown')
    expect(await refusal(await sign({}, { kid: undefined }))).toBe('key_id_missing')
  })

  it('is refused when it is missing, no token at all, or far too long', async ({ expect }) => {
    expect(await refusal(undefined)).toBe('token_missing')
    for (const text of ['', 'x', 'a.b.c', '..', 'e30.e30.']) expect(await refusal(text), text).not.toBe('accepted')
    expect(await refusal(`${await sign()}${'A'.repeat(20_000)}`)).toBe('token_malformed')
  })

  it('is refused when it is about nobody', async ({ expect }) => {
    expect(await refusal(await sign({ email: undefined }))).toBe('identity_missing')
    expect(await refusal(await sign({ email: 'no address' }))).toBe('identity_missing')
    expect(await refusal(await sign({ sub: '' }))).toBe('identity_missing')
    expect(await refusal(await sign({ sub: 'u1', email: undefined, common_name: 'deploy' }))).toBe('identity_missing')
  })

  it('asks for no key when the claims cannot pass', async ({ expect }) => {
    const asked: string[] = []
    const watched: FindKey = async (kid) => {
      asked.push(kid)
      return ok(publicJwk)
    }
    await refusal(await sign({ iss: 'https://other.example.com' }), { findKey: watched })
    await refusal(await sign({ exp: 1 }), { findKey: watched })
    expect(asked).toEqual([])
    expect(await refusal(await sign(), { findKey: watched })).toBe('accepted')
    expect(asked).toEqual(['k1'])
  })
})
