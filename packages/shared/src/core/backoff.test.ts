import { describe, it } from 'vitest'
import { equalJitter, exponential, fullJitter } from './backoff.ts'

describe('backoff', () => {
  it('doubles up to its cap', ({ expect }) => {
    expect([0, 1, 2, 3, 4, 500].map((n) => exponential(1_000, 8_000, n))).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
  })

  it('jitters inside the cap', ({ expect }) => {
    expect([0, 0.5, 1].map((r) => fullJitter(1_000, () => r))).toEqual([0, 500, 1_000])
    expect([0, 0.5, 1].map((r) => equalJitter(1_000, () => r))).toEqual([500, 750, 1_000])
  })
})
