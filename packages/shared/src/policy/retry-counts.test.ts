import { describe, it } from 'vitest'
import { countFirst, type RetryCounts, tryRetry, uncountRetry } from './retry-counts.ts'

const budget = { ratio: 0.2, minPerSecond: 0.1 }

function counted(firsts: number, at = 100_000): RetryCounts {
  const counts: RetryCounts = { buckets: [] }
  for (let i = 0; i < firsts; i++) countFirst(counts, at)
  return counts
}

function retries(counts: RetryCounts, wanted: number, now: number, of: Parameters<typeof tryRetry>[1] = budget): number {
  return Array.from({ length: wanted }, () => tryRetry(counts, of, now)).filter(Boolean).length
}

describe('a retry budget', () => {
  it('allows a share of the first attempts of ten seconds, and a few in any case', ({ expect }) => {
    expect(retries(counted(50), 100, 100_500)).toBe(11)
    expect(retries(counted(0), 100, 100_500)).toBe(1)
    expect(retries(counted(50), 100, 100_500, { ratio: 0, minPerSecond: 0 })).toBe(0)
  })

  it('slides: what is older than its window counts neither for nor against', ({ expect }) => {
    const counts = counted(50)
    expect(retries(counts, 100, 105_000)).toBe(11)
    for (let i = 0; i < 10; i++) countFirst(counts, 109_000)
    expect(retries(counts, 100, 109_900)).toBe(2)
    expect(retries(counts, 100, 112_000)).toBe(0)
    expect(retries(counts, 100, 115_500)).toBe(1)
  })

  it('takes back a retry that was not made, and has no bound without a policy', ({ expect }) => {
    const counts = counted(5)
    expect(retries(counts, 5, 100_000)).toBe(2)
    uncountRetry(counts)
    expect(retries(counts, 5, 100_000)).toBe(1)
    expect(retries(counts, 500, 100_000, null)).toBe(500)
  })
})
