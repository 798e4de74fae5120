import { afterAll, beforeEach, describe, it, vi } from 'vitest'
import type { Preset, Verification } from '../contracts/preset.ts'
import { decodeUtf8 } from '../core/bytes.ts'
import { ask } from '../testing/ask-handshake.ts'
import { type PresetSecret, secretFor } from '../testing/preset-secrets.ts'
import { type SignedSample, signSample } from '../testing/sign-sample.ts'
import { PRESETS } from './presets/index.ts'
import { isHash } from './schemes/signature/keyed-hash.ts'
import { verify } from './verify.ts'

/**
 * Shared secrets, and what is computed with them, are compared by `timingSafeEqual` and by nothing else. Its answer is replaced
 * here: when it says no, nothing is believed; when it says yes, everything of the right form is, so no other comparison stands
 * before or behind it.
 */
const comparison = vi.hoisted(() => ({ says: undefined as boolean | undefined, seen: [] as [Uint8Array, Uint8Array][] }))

vi.mock('../core/timing-safe.ts', async (original) => {
  const { timingSafeEqual } = await original<typeof import('../core/timing-safe.ts')>()
  return {
    timingSafeEqual: (a: Uint8Array, b: Uint8Array) => {
      comparison.seen.push([a.slice(), b.slice()])
      return comparison.says ?? timingSafeEqual(a, b)
    },
  }
})

const AT = 1_760_000_000

/** How a sender's proof is compared. Public-key signatures, and the HMAC of a JSON Web Token, are WebCrypto's to compare. */
function comparedBy(verification: Verification): 'us' | 'us, for what the token hashes' | 'WebCrypto' {
  switch (verification.scheme) {
    case 'signature':
      return isHash(verification.algorithm) ? 'us' : 'WebCrypto'
    case 'jwt':
      return verification.checks.some(({ kind }) => kind === 'hash') ? 'us, for what the token hashes' : 'WebCrypto'
    case 'paddle-classic':
    case 'paypal':
    case 'aws-sns':
      return 'WebCrypto'
    default:
      return 'us'
  }
}

const byUs = PRESETS.filter(({ verification }) => comparedBy(verification) !== 'WebCrypto')
const byUsAlone = byUs.filter(({ verification }) => comparedBy(verification) === 'us')
const hashedByToken = byUs.filter(({ verification }) => comparedBy(verification) !== 'us')
const named = (presets: readonly Preset[]) => presets.map((preset) => [preset.id, preset] as const)

async function outcome(preset: Preset, { headers, ...request }: SignedSample, { configure, settings, fetchKey }: PresetSecret) {
  const secrets = configure === null ? [] : [{ label: 'current' as const, secret: configure }]
  const verdict = await verify({
    preset,
    ...request,
    headers: new Headers(headers),
    secrets,
    settings,
    now: AT * 1000,
    fetchKey,
  })
  return verdict.ok ? 'accepted' : verdict.error
}

afterAll(() => vi.doUnmock('../core/timing-safe.ts'))
beforeEach(() => {
  comparison.says = undefined
  comparison.seen.length = 0
})

describe.each(named(byUs))('%s', (_, preset) => {
  it('compares in constant time, texts of one form, before it believes', async ({ expect }) => {
    const secret = await secretFor(preset)
    const request = await signSample(preset, secret, { timestamp: AT })
    expect(await outcome(preset, request, secret)).toBe('accepted')
    const equal = comparison.seen.filter(([a, b]) => a.length === b.length && Buffer.compare(a, b) === 0)
    expect(equal.length).toBeGreaterThan(0)
    // Texts as the sender writes them: nothing was decoded before it was compared.
    for (const [a] of equal) expect(decodeUtf8(a)).toMatch(/^[\x20-\x7e]{16,}$/)
  })

  it('believes nothing that this comparison denies', async ({ expect }) => {
    const secret = await secretFor(preset)
    const request = await signSample(preset, secret, { timestamp: AT })
    comparison.says = false
    expect(await outcome(preset, request, secret)).not.toBe('accepted')
  })
})

describe.each(named(byUsAlone))('%s', (_, preset) => {
  it('has no other comparison of secrets or signatures', async ({ expect }) => {
    const forged = await signSample(preset, await secretFor(preset), { timestamp: AT })
    const secret = await secretFor(preset)
    expect(await outcome(preset, forged, secret)).not.toBe('accepted')
    comparison.says = true
    expect(await outcome(preset, forged, secret)).toBe('accepted')
  })
})

describe.each(named(hashedByToken))('%s', (_, preset) => {
  it('has no other comparison of the body’s hash', async ({ expect }) => {
    const secret = await secretFor(preset)
    const request = await signSample(preset, secret, { timestamp: AT })
    const changed = { ...request, rawBody: request.rawBody.map((byte, i) => (i === 3 ? byte ^ 1 : byte)) }
    expect(await outcome(preset, changed, secret)).not.toBe('accepted')
    comparison.says = true
    expect(await outcome(preset, changed, secret)).toBe('accepted')
  })
})

describe('the others', () => {
  it('have signatures that only WebCrypto checks', ({ expect }) => {
    const others = PRESETS.filter(({ verification }) => comparedBy(verification) === 'WebCrypto').map(({ id }) => id)
    expect(others).toEqual(['aws-sns', 'discord', 'google-pubsub', 'paddle-classic', 'paypal', 'sendgrid', 'telnyx'])
  })
})

describe('the verify token of a handshake', () => {
  it('is compared in constant time too, and by nothing else', async ({ expect }) => {
    const told = async (token: string) => {
      const query = `?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`
      const answer = await ask('meta', { method: 'GET', query, settings: { verifyToken: 'a verify token' } })
      return JSON.stringify(answer).includes('1158201444')
    }
    expect([await told('a%20verify%20token'), await told('another')]).toEqual([true, false])
    comparison.says = false
    expect(await told('a%20verify%20token')).toBe(false)
    comparison.says = true
    expect(await told('another')).toBe(true)
  })
})
