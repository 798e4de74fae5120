import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { StoredAnswer } from './answer.ts'
import { claimKey, type KeyClaim } from './claim.ts'
import { releaseKey, storeAnswer } from './settle.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 1_800_000_000_000
const ANSWER: StoredAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: { kind: 'text', text: '{}' } }

function claimOf(changes: Partial<KeyClaim> = {}): KeyClaim {
  const owner = crypto.randomUUID()
  return {
    client: 'shop',
    key: owner,
    fingerprint: 'f1',
    owner,
    requestId: `req-${owner}`,
    lockedUntil: NOW + 30_000,
    expiresAt: NOW + 86_400_000,
    ...changes,
  }
}

/** Another request under the same key. */
const again = (claim: KeyClaim, changes: Partial<KeyClaim> = {}): KeyClaim => claimOf({ key: claim.key, ...changes })

describe('a key', () => {
  it('is owned by exactly one of many that come at once, also when its claim is repeated', async ({ expect }) => {
    const first = claimOf()
    const claims = Array.from({ length: 50 }, () => again(first))
    const outcomes = await Promise.all(claims.map((claim) => claimKey(db, claim, NOW)))
    const kinds = outcomes.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'owned')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'running')).toHaveLength(49)
    const owner = claims[kinds.indexOf('owned')]!
    expect(await claimKey(db, owner, NOW + 1)).toEqual({ kind: 'owned' })
  })

  it('belongs to one body, and to one client', async ({ expect }) => {
    const claim = claimOf()
    await claimKey(db, claim, NOW)
    expect(await claimKey(db, again(claim, { fingerprint: 'f2' }), NOW)).toEqual({ kind: 'reused' })
    expect(await claimKey(db, again(claim, { client: 'other' }), NOW)).toEqual({ kind: 'owned' })
  })

  it('gives the stored answer until it expires, and is then taken over, whatever the body', async ({ expect }) => {
    const claim = claimOf()
    await claimKey(db, claim, NOW)
    expect(await storeAnswer(db, claim, ANSWER)).toBe(true)
    const answered = { kind: 'answered', answer: ANSWER, requestId: claim.requestId }
    expect(await claimKey(db, again(claim), NOW + 86_399_999)).toEqual(answered)
    const late = again(claim, { fingerprint: 'f2', lockedUntil: NOW + 86_430_000, expiresAt: NOW + 2 * 86_400_000 })
    expect(await claimKey(db, late, NOW + 86_400_000)).toEqual({ kind: 'owned' })
    expect(await claimKey(db, again(claim, { fingerprint: 'f2' }), NOW + 86_400_001)).toMatchObject({ kind: 'running' })
  })

  it('is free again when its owner gives it back, and only the owner can', async ({ expect }) => {
    const claim = claimOf()
    await claimKey(db, claim, NOW)
    await releaseKey(db, { ...claim, owner: 'somebody else' })
    expect(await claimKey(db, again(claim), NOW)).toMatchObject({ kind: 'running' })
    await releaseKey(db, claim)
    expect(await claimKey(db, again(claim), NOW)).toEqual({ kind: 'owned' })
  })

  it('whose owner was lost is not called again: the next one learns it, and the first answer stays', async ({ expect }) => {
    const claim = claimOf()
    await claimKey(db, claim, NOW)
    const lost = { kind: 'lost', owner: claim.owner, requestId: claim.requestId }
    expect(await claimKey(db, again(claim), NOW + 30_000)).toEqual(lost)
    expect(await storeAnswer(db, claim, { ...ANSWER, status: 504 })).toBe(true)
    expect(await storeAnswer(db, claim, ANSWER)).toBe(false)
    await releaseKey(db, claim)
    expect(await claimKey(db, again(claim), NOW + 30_001)).toMatchObject({ kind: 'answered', answer: { status: 504 } })
  })

  it('does not expire while its owner runs', async ({ expect }) => {
    const claim = claimOf({ lockedUntil: NOW + 120_000, expiresAt: NOW + 60_000 })
    await claimKey(db, claim, NOW)
    expect(await claimKey(db, again(claim), NOW + 90_000)).toMatchObject({ kind: 'running' })
  })
})
