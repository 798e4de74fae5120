import { describe, it } from 'vitest'
import { concurrency, outage, rateLimit, sameKey } from '../load/scenarios.ts'

describe('calls under load', () => {
  it('are made once for one key, and all get the same answer', async ({ expect }) => {
    const { calls, answered, replayed, inFlight, others, replayedLater, bodies } = await sameKey(100)
    expect({ calls, others, bodies }).toEqual({ calls: 1, others: {}, bodies: 1 })
    expect(answered + replayed + inFlight).toBe(100)
    expect(replayedLater).toBe(100)
  })

  it('never come faster than the limit and its burst in any second', async ({ expect }) => {
    const { mostInASecond, statuses } = await rateLimit(2)
    expect(mostInASecond).toBeLessThanOrEqual(60)
    expect(Object.keys(statuses).toSorted()).toEqual(['200', '429'])
  })

  it('are never more at a time than allowed', async ({ expect }) => {
    const { mostInFlight, statuses } = await concurrency(2)
    expect(mostInFlight).toBeLessThanOrEqual(5)
    expect(Object.keys(statuses).toSorted()).toEqual(['200', '429'])
  })

  it('are refused while the upstream is down, but for probes, and resume by themselves', async ({ expect }) => {
    const { statuses, probes, successesAtTheEnd } = await outage(5, 2_000)
    expect(statuses['503']).toBeGreaterThan(200)
    expect(probes).toBeLessThanOrEqual(2)
    expect(successesAtTheEnd).toBe(100)
  })
})
