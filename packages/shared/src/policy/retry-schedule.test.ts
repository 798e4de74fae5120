import { describe, it } from 'vitest'
import { answered, testPolicy } from '../testing/policy-context.ts'
import { deferralDelay } from './deferral.ts'
import { delayCap, retryDelay, wholeSeconds } from './retry-schedule.ts'

const base = testPolicy().retry
const NOW = Date.UTC(2026, 10, 18, 12, 0, 0)
const caps = (retry: typeof base) => [1, 2, 3, 4, 5, 6].map((attempt) => delayCap(retry, attempt))

describe('the cap of a delay', () => {
  it('doubles up to the maximum', ({ expect }) => {
    expect(caps(base)).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
    expect(delayCap(base, 100)).toBe(8_000)
  })
  it('grows by the base when linear', ({ expect }) => {
    expect(caps({ ...base, backoff: 'linear' })).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000])
    expect(delayCap({ ...base, backoff: 'linear' }, 50)).toBe(8_000)
  })
  it('follows a list and stays at its last entry', ({ expect }) => {
    expect(caps({ ...base, backoff: 'list', listMs: [500, 60_000, 7_000] })).toEqual([500, 8_000, 7_000, 7_000, 7_000, 7_000])
    expect(delayCap({ ...base, backoff: 'list' }, 3)).toBe(1_000)
  })
})

describe('the delay of a job', () => {
  it('is rounded up to the second that a queue can keep, which a cap of whole seconds survives', ({ expect }) => {
    expect([0, 1, 1_000, 1_001, 2_750, 8_000].map(wholeSeconds)).toEqual([0, 1_000, 1_000, 2_000, 3_000, 8_000])
  })
})

describe('jitter', () => {
  for (const [jitter, lowest] of [
    ['none', 1],
    ['full', 0],
    ['equal', 0.5],
  ] as const) {
    it(`${jitter} stays between ${lowest} and 1 of the cap`, ({ expect }) => {
      for (let attempt = 1; attempt <= 6; attempt++) {
        for (const random of [0, 0.25, 0.5, 0.75, 0.999_999]) {
          const { delayMs, capMs } = retryDelay({ ...base, jitter }, attempt, answered(500), NOW, () => random)
          expect(delayMs).toBeLessThanOrEqual(capMs)
          expect(delayMs).toBeGreaterThanOrEqual(capMs * lowest)
        }
      }
    })
  }
})

describe('what the upstream asks for', () => {
  it('makes a delay longer, never shorter, and no longer than its cap', ({ expect }) => {
    const at = (header: string, changes = {}) =>
      retryDelay({ ...base, ...changes }, 4, answered(503, header), NOW, () => 0).delayMs
    expect(at('1')).toBe(4_000)
    expect(at('30')).toBe(30_000)
    expect(at('3600')).toBe(60_000)
    expect(at('30', { respectRetryAfter: false })).toBe(4_000)
    const reset = { kind: 'answered' as const, status: 429, headers: { 'ratelimit-reset': '30' }, success: null }
    expect(retryDelay({ ...base, resetHeaders: true }, 4, reset, NOW, () => 0)).toEqual({ delayMs: 30_000, capMs: 30_000 })
    expect(retryDelay(base, 4, reset, NOW, () => 0)).toEqual({ delayMs: 4_000, capMs: 8_000 })
  })
})

describe('a deferral', () => {
  const ALMOST_ONE = 1 - Number.EPSILON
  const range = (...[told, waited, max]: [number, number, number]) =>
    [0, ALMOST_ONE].map((random) => deferralDelay(told, waited, max, () => random))

  it('is what was told and up to half more while the wait is young, then up to an eighth of it, or the maximum', ({ expect }) => {
    expect(range(5_000, 0, 300_000)).toEqual([5_000, 8_000])
    expect(range(5_000, 10_000, 300_000)).toEqual([5_000, 8_000])
    expect(range(5_000, 80_000, 300_000)).toEqual([5_000, 10_000])
    expect(range(5_000, 86_400_000, 300_000)).toEqual([5_000, 300_000])
    expect(range(600_000, 86_400_000, 300_000)).toEqual([600_000, 900_000])
  })

  it('spreads jobs that were refused together over the seconds that a queue knows, the shortest waits too', ({ expect }) => {
    const delays = (told: number) =>
      new Set([0, 0.2, 0.4, 0.6, 0.8].map((random) => deferralDelay(told, 10_000, 300_000, () => random)))
    expect([...delays(5_000)]).toEqual([5_000, 6_000, 7_000, 8_000])
    expect([...delays(1_000)]).toEqual([1_000, 2_000])
    expect([...delays(1)]).toEqual([1_000, 2_000, 3_000])
  })
})
