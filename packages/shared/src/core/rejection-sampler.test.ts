import { describe, it } from 'vitest'
import { RejectionSampler, ROWS_PER_MINUTE, SLOTS_PER_MINUTE } from './rejection-sampler.ts'

const MINUTE = 60_000

describe('which refusals become rows', () => {
  it('the first of each minute, and none is forgotten in the count', ({ expect }) => {
    const sampler = new RejectionSampler()
    const samples = Array.from({ length: 1_000 }, (_, n) => sampler.sample('stripe', n, 0.5)).filter(Boolean)
    expect(samples).toHaveLength(ROWS_PER_MINUTE)
    expect(samples.every((sample) => sample?.minute === 0 && sample.count === 1)).toBe(true)
    const told = 1_000 - ROWS_PER_MINUTE + 1
    expect(sampler.sample('stripe', MINUTE, 0.5)).toEqual({ minute: 1, count: told, slot: SLOTS_PER_MINUTE / 2 })
    expect(sampler.sample('stripe', MINUTE, 0)).toEqual({ minute: 1, count: 1, slot: 0 })
  })

  it('of each provider by itself, and on no other slot than there are', ({ expect }) => {
    const sampler = new RejectionSampler()
    for (let n = 0; n < 100; n++) sampler.sample('flooded', n, 0)
    expect(sampler.sample('quiet', 0, 0.999_999)).toEqual({ minute: 0, count: 1, slot: SLOTS_PER_MINUTE - 1 })
  })
})
