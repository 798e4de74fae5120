import { describe, it } from 'vitest'
import { leasePlan } from './lease-plan.ts'

describe('a plan for leases', () => {
  it('splits the burst between the lease and the bucket', ({ expect }) => {
    expect(leasePlan({ limit: 50, perMs: 1_000, burst: 10 })).toEqual({ leaseMs: 100, cap: 5, perTokenMs: 20 })
    expect(leasePlan({ limit: 1_000, perMs: 1_000, burst: 1_000 })).toEqual({ leaseMs: 500, cap: 500, perTokenMs: 1 })
  })

  it('leases for two seconds at most, so that a large burst stays one', ({ expect }) => {
    expect(leasePlan({ limit: 50, perMs: 1_000, burst: 500 })).toEqual({ leaseMs: 2_000, cap: 400, perTokenMs: 20 })
  })

  it('keeps the whole burst of a slow rate', ({ expect }) => {
    expect(leasePlan({ limit: 1, perMs: 60_000, burst: 3 })).toEqual({ leaseMs: 2_000, cap: 3, perTokenMs: 60_000 })
  })

  it('lowers the rate a little where the burst cannot pay for the way', ({ expect }) => {
    expect(leasePlan({ limit: 50, perMs: 1_000, burst: 0 })).toEqual({ leaseMs: 50, cap: 1, perTokenMs: 21 })
    const fast = leasePlan({ limit: 1_000, perMs: 1_000, burst: 2 })
    expect(fast).toMatchObject({ leaseMs: 50, cap: 2 })
    expect(1 / fast.perTokenMs).toBeGreaterThanOrEqual(0.95)
  })

  it('never allows more than limit + burst, whatever the numbers', ({ expect }) => {
    for (const limit of [1, 3, 7, 50, 333, 10_000]) {
      for (const perMs of [1_000, 1_700, 60_000, 3_600_000]) {
        for (const burst of [0, 1, 2, 5, 9, 10, 49, 1_000]) {
          const { leaseMs, cap, perTokenMs } = leasePlan({ limit, perMs, burst })
          // The last permit of a half-open window is granted less than perMs + leaseMs after its first.
          const most = Math.ceil(cap + (perMs + leaseMs) / perTokenMs - 1e-9) - 1
          expect(most, `${limit} in ${perMs} ms, burst ${burst}`).toBeLessThanOrEqual(limit + burst)
          expect(cap).toBeGreaterThanOrEqual(1)
          expect((limit / perMs) * perTokenMs).toBeLessThan(1.06)
        }
      }
    }
  })
})
