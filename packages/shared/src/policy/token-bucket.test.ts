import { describe, it } from 'vitest'
import type { RateLimitPolicy } from '../contracts/policy.ts'
import { type BucketState, take } from './token-bucket.ts'

const policy: RateLimitPolicy = { limit: 50, perMs: 1_000, burst: 10, key: null, onUnavailable: 'failClosed' }

describe('a token bucket', () => {
  it('begins full, and is refilled at its rate up to its burst', ({ expect }) => {
    const first = take(undefined, policy, 25, 1_000)
    expect(first).toMatchObject({ permits: 10, remaining: 0, retryAfterMs: 20 })
    const second = take(first.state, policy, 3, 1_050)
    expect(second).toMatchObject({ permits: 2, retryAfterMs: 10 })
    expect(take(second.state, policy, 100, 60_000).permits).toBe(10)
  })

  it('says when the next token comes', ({ expect }) => {
    const slow = { ...policy, limit: 1, perMs: 3_600_000, burst: 0 }
    const first = take(undefined, slow, 1, 0)
    expect(first).toMatchObject({ permits: 1, retryAfterMs: 0 })
    const refused = take(first.state, slow, 1, 600_000)
    expect(refused).toMatchObject({ permits: 0, retryAfterMs: 3_000_000 })
    expect(take(refused.state, slow, 1, 3_600_000).permits).toBe(1)
  })

  it('never lets more than limit + burst through a window, however it is asked', ({ expect }) => {
    let state: BucketState | undefined
    const granted: { at: number; permits: number }[] = []
    let seed = 7
    for (let at = 0; at < 20_000; at += seed % 37) {
      seed = (seed * 48_271) % 2_147_483_647
      const answer = take(state, policy, seed % 9, at)
      state = answer.state
      granted.push({ at, permits: answer.permits })
      at += 1
    }
    const worst = Math.max(
      ...granted.map(({ at: from }) =>
        granted.filter(({ at }) => at >= from && at < from + 1_000).reduce((sum, { permits }) => sum + permits, 0),
      ),
    )
    expect(worst).toBeGreaterThan(50)
    expect(worst).toBeLessThanOrEqual(60)
  })

  it('gives nothing twice when the clock steps back', ({ expect }) => {
    const first = take(undefined, policy, 10, 10_000)
    const back = take(first.state, policy, 1, 5_000)
    expect(back.permits).toBe(0)
    expect(take(back.state, policy, 10, 10_000).permits).toBe(0)
  })
})
