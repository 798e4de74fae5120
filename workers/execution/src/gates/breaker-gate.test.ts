import { describe, it } from 'vitest'
import { breakerPolicy, gatesBench } from '../testing/gates.ts'
import { learn, newBreakerView, noteReset } from './breaker-view.ts'

const bench = (changes = {}) => gatesBench({ circuitBreaker: { ...breakerPolicy, ...changes } })

/** Lets one call through and settles it. */
async function once(of: ReturnType<typeof bench>, result: 'success' | 'failure' | 'unused'): Promise<boolean> {
  const entry = await of.enterBreaker()
  if (entry.allowed) entry.settle(result)
  await of.settled()
  return entry.allowed
}

describe('a closed breaker', () => {
  it('is asked once, and then lets calls through without a hop while it is fresh', async ({ expect }) => {
    const one = bench()
    for (let i = 0; i < 50; i++) await once(one, 'success')
    expect(one.breaker.hops).toEqual([{ count: 1, reports: [] }])
  })

  it('is refreshed while nobody waits, and told what it does not know', async ({ expect }) => {
    const one = bench()
    await once(one, 'success')
    one.clock.advance(500)
    const entry = await one.enterBreaker()
    expect(entry.allowed).toBe(true)
    expect(one.breaker.hops).toHaveLength(2)
    await one.settled()
    expect(one.breaker.hops[1]).toEqual({ count: 0, reports: [{ generation: 1, successes: 1, failures: 0, unused: 0 }] })
    one.clock.advance(999)
    await one.enterBreaker()
    expect(one.breaker.hops.map(({ count }) => count)).toEqual([1, 0, 0])
  })

  it('that was not asked for a second is asked before the call, and told with it', async ({ expect }) => {
    const one = bench()
    await once(one, 'success')
    one.clock.advance(1_000)
    await once(one, 'success')
    expect(one.breaker.hops[1]).toMatchObject({ count: 1, reports: [{ successes: 1 }] })
  })

  it('hears of failures at once, of many together in few hops, and of the rest at the end of a batch', async ({ expect }) => {
    const one = bench({ minCalls: 100 })
    const entries = await Promise.all(Array.from({ length: 20 }, () => one.enterBreaker()))
    const asked = one.breaker.hops.length
    for (const entry of entries) if (entry.allowed) entry.settle('failure')
    await one.settled()
    const told = one.breaker.hops.slice(asked).flatMap(({ reports }) => reports.map(({ failures }) => failures))
    expect(told).toEqual([1, 19])
    await once(one, 'unused')
    await one.gates.flush(one.tools)
    expect(one.breaker.hops).toHaveLength(asked + 2)
    await once(one, 'success')
    one.clock.advance(1_000)
    await one.gates.flush(one.tools)
    expect(one.breaker.hops.at(-1)?.reports).toMatchObject([{ successes: 1, unused: 0 }])
  })

  it('says since when every call has failed', async ({ expect }) => {
    const one = bench({ minCalls: 100 })
    await once(one, 'failure')
    const since = one.clock.now()
    one.clock.advance(700)
    await once(one, 'failure')
    expect(new Set(one.failing)).toEqual(new Set([since]))
    one.failing.length = 0
    await once(one, 'success')
    expect(one.failing).toEqual([])
    expect(one.breaker.state.failingSince).toBeNull()
  })
})

describe('an open breaker', () => {
  it('refuses at once, asks nobody while it is known, and lets one try when its time is over', async ({ expect }) => {
    const one = bench()
    for (let i = 0; i < 4; i++) await once(one, 'failure')
    expect(one.events.map(({ type }) => type)).toEqual(['breaker.opened'])
    const hops = one.breaker.hops.length
    expect(await one.enterBreaker()).toEqual({ allowed: false, retryAfterMs: 5_000 })
    one.clock.advance(400)
    expect(await one.enterBreaker()).toEqual({ allowed: false, retryAfterMs: 4_600 })
    expect(one.breaker.hops).toHaveLength(hops)
    one.clock.advance(4_600)
    const trial = await one.enterBreaker()
    expect(trial.allowed).toBe(true)
    expect(await one.enterBreaker()).toMatchObject({ allowed: false })
    const asked = one.breaker.hops.length
    expect(await one.enterBreaker()).toMatchObject({ allowed: false })
    expect(one.breaker.hops).toHaveLength(asked)
    one.clock.advance(100)
    await one.enterBreaker()
    expect(one.breaker.hops).toHaveLength(asked + 1)
    if (trial.allowed) trial.settle('success')
    await one.settled()
    expect(one.events.map(({ type }) => type)).toEqual(['breaker.opened', 'breaker.half_opened', 'breaker.closed'])
    expect(await once(one, 'success')).toBe(true)
  })

  it('hears of a trial that was not used, so that another may try', async ({ expect }) => {
    const one = bench()
    for (let i = 0; i < 4; i++) await once(one, 'failure')
    one.clock.advance(5_000)
    expect(await once(one, 'unused')).toBe(true)
    expect(await once(one, 'success')).toBe(true)
  })
})

describe('a breaker that is not asked', () => {
  it('is one that an operator forced', async ({ expect }) => {
    const one = bench()
    one.breaker.away = new Error('nobody asks')
    expect(await one.enterBreaker({ override: 'open' })).toEqual({ allowed: false, retryAfterMs: 5_000 })
    expect(await one.enterBreaker({ override: 'closed' })).toMatchObject({ allowed: true })
    expect(one.breaker.hops).toEqual([])
  })

  it('is one that is away: the policy decides, an event says so, and calls do not wait one after another', async ({ expect }) => {
    for (const [onUnavailable, allowed] of [
      ['failOpen', true],
      ['failClosed', false],
    ] as const) {
      const one = bench({ onUnavailable })
      one.breaker.away = new Error('away')
      expect((await one.enterBreaker()).allowed).toBe(allowed)
      expect((await one.enterBreaker()).allowed).toBe(allowed)
      expect(one.breaker.hops).toHaveLength(1)
      expect(one.events).toEqual([
        { type: 'breaker.unavailable', data: { connector: 'billing', decision: onUnavailable, error: 'away' } },
      ])
      one.clock.advance(1_000)
      one.breaker.away = null
      expect((await one.enterBreaker()).allowed).toBe(true)
    }
  })

  it('loses what it was to be told, and an event says so', async ({ expect }) => {
    const one = bench()
    await one.enterBreaker()
    const entry = await one.enterBreaker()
    one.breaker.away = new Error('away')
    if (entry.allowed) entry.settle('failure')
    await one.settled()
    expect(one.events).toEqual([{ type: 'breaker.unavailable', data: { connector: 'billing', lostReport: true, error: 'away' } }])
  })

  it('is told by one invocation for so long only, and by the next call’s from there', async ({ expect }) => {
    const one = bench({ minCalls: 1_000 })
    await one.enterBreaker()
    const real = { ...one.breaker.rpc }
    // While it is told of a failure, another invocation notes the next.
    let others = 30
    one.breaker.rpc.acquire = async (...asked) => {
      const entry = others-- > 0 ? await one.enterBreaker() : null
      if (entry?.allowed) entry.settle('failure')
      return real.acquire(...asked)
    }
    const entry = await one.enterBreaker()
    if (entry.allowed) entry.settle('failure')
    await one.settled()
    expect(one.breaker.hops).toHaveLength(1 + 10)
    others = 0
    await once(one, 'failure')
    expect(one.breaker.hops).toHaveLength(1 + 11)
    expect(one.breaker.hops.at(-1)?.reports).toMatchObject([{ failures: 2 }])
  })
})

describe('a breaker that operators reset', () => {
  it('is asked at once by an isolate that learns of it, told of it, and lets through', async ({ expect }) => {
    const one = bench()
    for (let i = 0; i < 4; i++) await once(one, 'failure')
    expect((await one.enterBreaker()).allowed).toBe(false)
    const hops = one.breaker.hops.length
    expect((await one.enterBreaker({ resetAt: 9_000 })).allowed).toBe(true)
    expect(one.breaker.hops).toHaveLength(hops + 1)
    expect(one.events.at(-1)).toMatchObject({ type: 'breaker.closed', data: { from: 'open', reset: true } })
    // Known now: no further hop, also for calls under a configuration of before.
    for (const resetAt of [9_000, 0]) expect((await one.enterBreaker({ resetAt })).allowed).toBe(true)
    expect(one.breaker.hops).toHaveLength(hops + 1)
  })

  it('is told again where its answer was lost, and by a batch that asks ahead', async ({ expect }) => {
    const one = bench()
    for (let i = 0; i < 4; i++) await once(one, 'failure')
    one.breaker.away = new Error('lost')
    await one.enterBreaker({ resetAt: 9_000 })
    one.breaker.away = null
    one.clock.advance(1_000)
    const demand = { ...one.call, count: 3, resetAt: 9_000 }
    await one.gates.prime([demand], one.tools)
    expect(one.breaker.state).toMatchObject({ phase: 'closed', resetAt: 9_000 })
    const hops = one.breaker.hops.length
    expect((await one.enterBreaker({ resetAt: 9_000 })).allowed).toBe(true)
    expect(one.breaker.hops).toHaveLength(hops)
  })

  it('stays as an answer from before the reset finds it: that answer is not believed', ({ expect }) => {
    const view = newBreakerView()
    const answer = {
      grant: { state: 'open', generation: 5, permits: 0, retryAfterMs: 9 },
      transitions: [],
      failingSince: null,
    } as const
    noteReset(view, 9_000)
    learn(view, { ...answer, transitions: [] }, { count: 1, startedAt: 1, resetAt: 0 }, 2)
    expect(view.known).toBeNull()
    learn(view, { ...answer, transitions: [] }, { count: 1, startedAt: 1, resetAt: 9_000 }, 2)
    expect(view.known).toMatchObject({ state: 'open', generation: 5 })
  })
})
