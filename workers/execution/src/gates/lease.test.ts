import { describe, it } from 'vitest'
import type { LeasePlan } from '../durable/lease-plan.ts'
import { beginAsking, left, newLease, noteCall, putBack, runsLow, spend, takeAnswer, wanted } from './lease.ts'

const plan: LeasePlan = { leaseMs: 500, cap: 500, perTokenMs: 1 }
const given = (permits: number, retryAfterMs = 0) => ({ permits, retryAfterMs, remaining: 0 })

/** A lease whose isolate has had so many calls a second for a while. */
function busy(perSecond: number, now = 10_000) {
  const lease = newLease()
  for (let at = now - 5_000; at < now; at += 1_000 / perSecond) noteCall(lease, at)
  return lease
}

describe('a lease', () => {
  it('lasts from before it was asked for, and what came too late is worth nothing', ({ expect }) => {
    const lease = newLease()
    takeAnswer(lease, plan, given(2), { count: 2, startedAt: 1_000 }, 1_100)
    expect(spend(lease, 1_499)).not.toBeNull()
    expect(spend(lease, 1_500)).toBeNull()
    takeAnswer(lease, plan, given(2), { count: 2, startedAt: 2_000 }, 2_500)
    expect(left(lease, 2_500)).toBe(0)
  })

  it('is as large as the calls of its isolate will use, and one call’s where they are rare', ({ expect }) => {
    expect(wanted(newLease(), plan, 10_000, 1)).toBe(1)
    expect(wanted(busy(1), plan, 10_000, 1)).toBe(1)
    const many = wanted(busy(200), plan, 10_000, 1)
    expect(many).toBeGreaterThan(60)
    expect(many).toBeLessThanOrEqual(75)
    expect(wanted(busy(200), plan, 20_000, 1)).toBe(1)
  })

  it('is asked for once, however many calls ask at the same time', ({ expect }) => {
    const lease = busy(200)
    const first = wanted(lease, plan, 10_000, 1)
    const asking = beginAsking(lease, first, 10_000, 2_000)
    expect(wanted(lease, plan, 10_000, 1)).toBe(1)
    expect(runsLow(lease, plan, 10_000)).toBe(false)
    asking.done()
    expect(wanted(lease, plan, 10_000, 1)).toBe(first)
    beginAsking(lease, first, 10_000, 2_000)
    for (let at = 11_000; at < 12_000; at += 5) noteCall(lease, at)
    expect(runsLow(lease, plan, 11_999)).toBe(false)
    // Whoever asked is believed dead.
    expect(runsLow(lease, plan, 12_000)).toBe(true)
  })

  it('remembers that the bucket is empty, until there is something to ask for', ({ expect }) => {
    const lease = busy(200)
    takeAnswer(lease, plan, given(1, 1), { count: 5, startedAt: 10_000 }, 10_010)
    expect(lease.emptyUntil).toBe(10_055)
    takeAnswer(lease, plan, given(0, 300), { count: 5, startedAt: 10_060 }, 10_060)
    expect(lease.emptyUntil).toBe(10_360)
    expect(runsLow(lease, plan, 10_359)).toBe(false)
  })

  it('gives a permit that was not used to the next call, while it lasts', ({ expect }) => {
    const lease = newLease()
    takeAnswer(lease, plan, given(1), { count: 1, startedAt: 1_000 }, 1_000)
    const lot = spend(lease, 1_000)
    expect(spend(lease, 1_000)).toBeNull()
    if (lot) putBack(lease, lot)
    expect(spend(lease, 1_400)).toBe(lot)
    if (lot) putBack(lease, lot)
    expect(spend(lease, 1_500)).toBeNull()
  })
})
