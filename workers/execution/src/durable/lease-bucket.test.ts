import { describe, it } from 'vitest'
import { lend, recall, type StoredBucket } from './lease-bucket.ts'

const fast = { limit: 50, perMs: 1_000, burst: 10 }
const slow = { limit: 1, perMs: 60_000, burst: 3 }

/** A bucket with its storage, and what was written to it. */
class Bench {
  stored: StoredBucket | undefined
  writes = 0
  state = recall(undefined, 0)

  ask(policy: typeof fast, count: number, now: number) {
    const { state, store, answer } = lend(this.state, policy, count, now)
    this.state = state
    if (store) {
      this.stored = store
      this.writes++
    }
    return answer
  }

  restart(now: number) {
    this.state = recall(this.stored, now)
  }
}

describe('a bucket that leases', () => {
  it('is full when it never gave anything, and writes once in ten seconds', ({ expect }) => {
    const bench = new Bench()
    expect(bench.ask(fast, 9, 1_000)).toEqual({ permits: 5, retryAfterMs: 20, remaining: 0 })
    for (let now = 1_020; now < 11_000; now += 20) expect(bench.ask(fast, 1, now).permits).toBe(1)
    expect(bench.writes).toBe(1)
    bench.ask(fast, 1, 11_000)
    expect(bench.writes).toBe(2)
  })

  it('is empty after a restart, and fills from there', ({ expect }) => {
    const bench = new Bench()
    bench.ask(fast, 1, 1_000)
    bench.restart(1_500)
    expect(bench.ask(fast, 9, 1_500).permits).toBe(0)
    expect(bench.ask(fast, 9, 1_540).permits).toBe(2)
    expect(bench.writes).toBe(1)
  })

  it('is full again after a quiet time, restarted or not', ({ expect }) => {
    const bench = new Bench()
    bench.ask(fast, 5, 1_000)
    bench.restart(11_040)
    expect(bench.ask(fast, 9, 11_040).permits).toBe(2)
    bench.restart(60_000)
    expect(bench.ask(fast, 9, 60_000).permits).toBe(5)
  })

  it('loses nothing of a slow limit, whose permits are dear', ({ expect }) => {
    const bench = new Bench()
    expect(bench.ask(slow, 2, 1_000).permits).toBe(2)
    bench.restart(2_000)
    expect(bench.ask(slow, 9, 2_000)).toMatchObject({ permits: 1, retryAfterMs: 59_000 })
    bench.restart(50_000)
    expect(bench.ask(slow, 9, 61_000).permits).toBe(1)
    expect(bench.stored?.fullAt).toBe(61_000 + 180_000)
  })
})
