import { describe, it } from 'vitest'
import { breakerPolicy, gatesBench } from '../testing/gates.ts'

const rateLimit = { limit: 50, perMs: 1_000, burst: 10, key: null, onUnavailable: 'failClosed' as const }
const concurrency = { limit: 2, key: null, onUnavailable: 'failClosed' as const }

describe('a rate limit', () => {
  it('asks once for a batch, and then nobody until that is used up or told to come again', async ({ expect }) => {
    const bench = gatesBench({ rateLimit })
    const demand = {
      connector: 'billing',
      policy: bench.call.policy,
      limitScope: 'billing',
      override: undefined,
      resetAt: 0,
      count: 4,
    }
    await bench.gates.prime([demand], bench.tools)
    const entries = [await bench.enterLimit(), await bench.enterLimit(), await bench.enterLimit(), await bench.enterLimit()]
    expect(entries.map((entry) => entry.limit?.remaining)).toEqual([4, 3, 2, 1])
    expect(bench.limiter.hops).toEqual(['acquire 4'])
    expect((await bench.enterLimit()).allowed).toBe(true)
    expect(await bench.enterLimit()).toMatchObject({
      allowed: false,
      by: 'rate_limit',
      retryAfterMs: 20,
      limit: { limit: 50, perMs: 1_000, remaining: 0, resetMs: 20 },
    })
    const asked = bench.limiter.hops.length
    bench.clock.advance(19)
    expect(await bench.enterLimit()).toMatchObject({ allowed: false, retryAfterMs: 1 })
    expect(bench.limiter.hops).toHaveLength(asked)
    bench.clock.advance(1)
    expect((await bench.enterLimit()).allowed).toBe(true)
  })

  it('leases ahead while nobody waits, where calls come fast', async ({ expect }) => {
    const bench = gatesBench({ rateLimit: { ...rateLimit, limit: 1_000, burst: 1_000 } })
    for (let i = 0; i < 500; i++) {
      expect((await bench.enterLimit()).allowed).toBe(true)
      await bench.settled()
      bench.clock.advance(5)
    }
    expect(bench.limiter.hops.length).toBeLessThan(40)
  })

  it('leases nothing ahead that may be lost: where the breaker refuses, and permits that are rare', async ({ expect }) => {
    const demandOf = (bench: ReturnType<typeof gatesBench>) => ({
      connector: 'billing',
      policy: bench.call.policy,
      limitScope: 'billing',
      override: undefined,
      resetAt: 0,
      count: 4,
    })
    const refusing = gatesBench({ rateLimit, circuitBreaker: breakerPolicy })
    refusing.breaker.state = { ...refusing.breaker.state, phase: 'open', generation: 2, openedAt: refusing.clock.now() }
    await refusing.gates.prime([demandOf(refusing)], refusing.tools)
    await refusing.gates.prime([demandOf(refusing)], refusing.tools)
    expect([refusing.breaker.hops.length, refusing.limiter.hops]).toEqual([1, []])
    refusing.breaker.state = { ...refusing.breaker.state, phase: 'closed', generation: 3 }
    refusing.clock.advance(1_000)
    await refusing.gates.prime([demandOf(refusing)], refusing.tools)
    expect(refusing.limiter.hops).toEqual(['acquire 4'])
    const rare = gatesBench({ rateLimit: { ...rateLimit, limit: 1, perMs: 3_600_000, burst: 1 } })
    await rare.gates.prime([demandOf(rare)], rare.tools)
    expect(rare.limiter.hops).toEqual([])
  })

  it('that is known to be used up refuses, also where it can be asked no more', async ({ expect }) => {
    const bench = gatesBench({ rateLimit: { ...rateLimit, onUnavailable: 'failOpen' }, concurrency })
    const refused = Promise.withResolvers<{ permits: number; retryAfterMs: number; remaining: number }>()
    const lost = Promise.withResolvers<never>()
    const answers = [refused.promise, lost.promise]
    bench.limiter.rpc.acquire = async () => answers.shift() ?? { permits: 1, retryAfterMs: 0, remaining: 0 }
    const first = bench.enterLimit()
    const second = bench.enterLimit()
    refused.resolve({ permits: 0, retryAfterMs: 500, remaining: 0 })
    expect(await first).toMatchObject({ allowed: false, retryAfterMs: 500 })
    lost.reject(new Error('away'))
    expect(await second).toMatchObject({ allowed: true })
    // Let through, it would have no place among the calls in flight.
    expect(await bench.enterLimit()).toMatchObject({ allowed: false, by: 'rate_limit', retryAfterMs: 500 })
  })

  it('that cannot be asked lets pass or refuses, as the policy says', async ({ expect }) => {
    for (const [onUnavailable, allowed] of [
      ['failOpen', true],
      ['failClosed', false],
    ] as const) {
      const bench = gatesBench({ rateLimit: { ...rateLimit, onUnavailable } })
      bench.limiter.away = new Error('away')
      expect(await bench.enterLimit()).toMatchObject(allowed ? { allowed } : { allowed, by: 'rate_limit', retryAfterMs: 5_000 })
      await bench.enterLimit()
      expect(bench.limiter.hops).toHaveLength(1)
      expect(bench.events).toEqual([
        { type: 'rate_limit.unavailable', data: { connector: 'billing', decision: onUnavailable, error: 'away' } },
      ])
    }
  })

  it('whose answers come later than permits last is asked again, and then counts as away', async ({ expect }) => {
    const bench = gatesBench({ rateLimit })
    bench.limiter.delayMs = 100
    expect(await bench.enterLimit()).toMatchObject({ allowed: false, retryAfterMs: 5_000 })
    expect(bench.limiter.hops).toHaveLength(3)
    expect(bench.events[0]?.data?.['error']).toMatch(/longer than its permits last \(100 ms\)/)
  })

  it('spends nothing where the breaker refuses, whose answer goes with the entry', async ({ expect }) => {
    const bench = gatesBench({ rateLimit, concurrency, circuitBreaker: breakerPolicy })
    const entry = await bench.enterLimit({ override: 'open' })
    expect(bench.limiter.hops).toEqual([])
    if (!entry.allowed) throw new Error('the breaker says no, not the limit')
    expect(await entry.breaker?.enter()).toEqual({ allowed: false, retryAfterMs: 5_000 })
    const passed = await bench.enterLimit()
    if (!passed.allowed) throw new Error('nothing refuses')
    expect(await passed.breaker?.enter()).toMatchObject({ allowed: true })
    expect(bench.breaker.hops).toHaveLength(1)
  })
})

describe('a limit of calls in flight', () => {
  it('takes a place for each call, and gives it back once', async ({ expect }) => {
    const bench = gatesBench({ concurrency })
    const first = await bench.enterLimit()
    expect((await bench.enterLimit()).allowed).toBe(true)
    expect(await bench.enterLimit()).toEqual({ allowed: false, by: 'concurrency', retryAfterMs: 1_000 })
    await bench.enterLimit()
    expect(bench.limiter.hops).toEqual(['enter', 'enter', 'enter'])
    if (first.allowed) {
      first.release()
      first.release()
    }
    await bench.settled()
    expect(bench.limiter.hops.filter((hop) => hop === 'leave')).toHaveLength(1)
    expect((await bench.enterLimit()).allowed).toBe(true)
  })

  it('spends no permit of the rate where no place is free, and keeps no place where the rate is used up', async ({ expect }) => {
    const bench = gatesBench({ concurrency, rateLimit: { ...rateLimit, limit: 1, perMs: 60_000, burst: 1 } })
    bench.limiter.places.enter(2, 'a', Number.POSITIVE_INFINITY, 0)
    bench.limiter.places.enter(2, 'b', Number.POSITIVE_INFINITY, 0)
    expect(await bench.enterLimit()).toMatchObject({ allowed: false, by: 'concurrency' })
    bench.limiter.places.leave(['a', 'b'])
    bench.clock.advance(100)
    expect((await bench.enterLimit()).allowed).toBe(true)
    expect(await bench.enterLimit()).toMatchObject({ allowed: false, by: 'rate_limit' })
    await bench.settled()
    expect(bench.limiter.places.size).toBe(1)
  })

  it('gives back a place whose answer was lost', async ({ expect }) => {
    const bench = gatesBench({ concurrency })
    bench.limiter.away = new Error('away')
    expect(await bench.enterLimit()).toMatchObject({ allowed: false, by: 'concurrency', retryAfterMs: 5_000 })
    await bench.settled()
    expect(bench.limiter.hops).toEqual(['enter', 'leave'])
    expect(bench.events[0]).toMatchObject({ type: 'rate_limit.unavailable', data: { limit: 'concurrency' } })
  })
})
