import { generateKeyPair, exportPKCS8 } from 'jose'
import { describe, it } from 'vitest'
import { utf8 } from '../../../core/bytes.ts'
import { keyHost, outcome, signed, SIGNED_AT } from '../../../testing/verify-signed.ts'
import { preset, sample } from '../../presets/plaid.ts'
import { publicJwk } from './sign-jwt.ts'

const PRODUCTION = 'https://production.plaid.com/webhook_verification_key/get'
const SANDBOX = 'https://sandbox.plaid.com/webhook_verification_key/get'
const CREDENTIALS = 'client:se:cret'

describe('a webhook of Plaid', async () => {
  const pem = await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey)
  const jwk = await publicJwk(pem, 'ES256')
  const answer = (more: object = {}) =>
    JSON.stringify({ key: { ...jwk, created_at: 1, expired_at: null, ...more }, request_id: 'r' })
  const request = await signed(preset, sample.body, [pem])

  it('is verified with the key that its API gives for the id, asked with our credentials', async ({ expect }) => {
    const host = keyHost({ [PRODUCTION]: answer() })
    expect(await outcome(preset, request, [CREDENTIALS], host)).toBe('accepted')
    expect(host.asked.map(({ url, body }) => [url, JSON.parse(body ?? '')])).toEqual([
      [PRODUCTION, { client_id: 'client', secret: 'se:cret', key_id: jwk.kid }],
    ])
  })

  it('comes from the environment that is set, and from no other host', async ({ expect }) => {
    const host = keyHost({ [SANDBOX]: answer() })
    expect(await outcome(preset, request, [CREDENTIALS], { ...host, settings: { environment: 'sandbox' } })).toBe('accepted')
    expect(await outcome(preset, request, [CREDENTIALS], { ...host, settings: { environment: 'evil.example' } })).toBe(
      'unusable_secret',
    )
    expect(await outcome(preset, request, [CREDENTIALS], host)).toBe('key_unavailable')
  })

  it('is refused under a key that expired, is another one, or is unknown to Plaid', async ({ expect }) => {
    const under = (text: string | null) => outcome(preset, request, [CREDENTIALS], { fetchKey: async () => text })
    expect(await under(answer({ expired_at: SIGNED_AT }))).toBe('unknown_key')
    expect(await under(answer({ expired_at: SIGNED_AT + 1 }))).toBe('accepted')
    expect(await under(answer({ kid: 'other' }))).toBe('unknown_key')
    expect(await under(answer({ alg: 'HS256', kty: 'oct', k: 'AAAA' }))).toBe('unknown_key')
    expect(await under(null)).toBe('unknown_key')
    expect(await under('{}')).toBe('key_unavailable')
  })

  it('asks with the previous credentials where the current ones do not serve', async ({ expect }) => {
    const fetchKey = async ({ body = '' }) => (body.includes('"old"') ? answer() : undefined)
    expect(await outcome(preset, request, ['client:new', 'client:old'], { fetchKey })).toBe('accepted')
    expect(await outcome(preset, request, ['no colon'], { fetchKey })).toBe('unusable_secret')
  })

  it('is refused when a byte of it changed, or after five minutes', async ({ expect }) => {
    const host = keyHost({ [PRODUCTION]: answer() })
    const minified = utf8(JSON.stringify(JSON.parse(sample.body)))
    expect(await outcome(preset, { ...request, rawBody: minified }, [CREDENTIALS], host)).toBe('no_match')
    expect(await outcome(preset, request, [CREDENTIALS], { ...host, now: (SIGNED_AT + 300) * 1000 })).toBe('accepted')
    expect(await outcome(preset, request, [CREDENTIALS], { ...host, now: (SIGNED_AT + 301) * 1000 })).toBe('timestamp_too_old')
    expect(await outcome(preset, request, [CREDENTIALS], { ...host, now: (SIGNED_AT - 31) * 1000 })).toBe('timestamp_in_future')
  })
})
