import type { BreakerReport, BreakerTransition } from '../contracts/breaker'
import type { CircuitBreakerPolicy } from '../contracts/policy'
import { describe, it } from 'vitest'
import { acquire, CLOSED, exchange, report, reset, standing, ticketLifeMs } from './breaker-state.ts'

const policy: CircuitBreakerPolicy = {
  windowMs: 30_000,
  minCalls: 10,
  failureRate: 0.5,
  openMs: 5_000,
  halfOpenCalls: 2,
  countAsFailure: ['5xx'],
  onUnavailable: 'failOpen',
}

/** A breaker with a clock; `call` asks for permits and reports what came of them at once. */
class Bench {
  state = CLOSED
  now = 1_000_000
  transitions: BreakerTransition[] = []

  ask(count: number) {
    const { grant, state, transitions } = acquire(this.state, policy, count, this.now)
    this.state = state
    this.transitions.push(...transitions)
    return grant
  }

  tell(results: Partial<BreakerReport>) {
    const full = { generation: this.state.generation, successes: 0, failures: 0, unused: 0, ...results }
    const { state, transitions } = report(this.state, policy, full, this.now)
    this.state = state
    this.transitions.push(...transitions)
  }

  get moves() {
    return this.transitions.map(({ from, to }) => `${from} → ${to}`)
  }

  opened(): this {
    this.tell({ failures: 10 })
    return this
  }

  halfOpened(asked = 2): this {
    this.opened()
    this.now += policy.openMs
    this.ask(asked)
    return this
  }
}

describe('a closed breaker', () => {
  it('lets everything through, and needs a minimum of calls to open', ({ expect }) => {
    const bench = new Bench()
    expect(bench.ask(500)).toEqual({ state: 'closed', generation: 1, permits: 500, retryAfterMs: 0 })
    bench.tell({ failures: 9 })
    expect(bench.state.phase).toBe('closed')
    bench.tell({ failures: 1 })
    expect(bench.moves).toEqual(['closed → open'])
  })

  it('opens at its share of failures, not below it', ({ expect }) => {
    const below = new Bench()
    below.tell({ successes: 11, failures: 10 })
    expect(below.state.phase).toBe('closed')
    below.tell({ failures: 1 })
    expect(below.state.phase).toBe('open')
  })

  it('forgets what happened before its window', ({ expect }) => {
    const bench = new Bench()
    bench.tell({ failures: 9 })
    bench.now += 30_001
    bench.tell({ failures: 5, successes: 4 })
    expect(bench.state.phase).toBe('closed')
    expect(bench.state.buckets).toHaveLength(1)
  })

  it('slides its window, so that failures add up over its buckets', ({ expect }) => {
    const bench = new Bench()
    for (let i = 0; i < 9; i++) {
      bench.tell({ failures: 1 })
      bench.now += 3_000
    }
    expect(bench.state.phase).toBe('closed')
    bench.tell({ failures: 1 })
    expect(bench.state.phase).toBe('open')
  })

  it('never opens while nothing fails', ({ expect }) => {
    const bench = new Bench()
    bench.tell({ successes: 1_000 })
    expect(bench.transitions).toEqual([])
  })
})

describe('an open breaker', () => {
  it('refuses, says how long, and ignores results of calls that began before', ({ expect }) => {
    const bench = new Bench()
    const before = bench.ask(5)
    bench.opened()
    bench.now += 2_000
    expect(bench.ask(3)).toEqual({ state: 'open', generation: 2, permits: 0, retryAfterMs: 3_000 })
    bench.tell({ generation: before.generation, successes: 5 })
    expect(bench.state.phase).toBe('open')
  })

  it('is half-open after its time, for a few calls in the whole fleet', ({ expect }) => {
    const bench = new Bench().opened()
    bench.now += 4_999
    expect(bench.ask(1).permits).toBe(0)
    bench.now += 1
    expect(bench.ask(24)).toMatchObject({ state: 'half-open', permits: 2, generation: 3 })
    expect(bench.ask(24)).toMatchObject({ state: 'half-open', permits: 0, retryAfterMs: 2_500 })
    expect(bench.moves).toEqual(['closed → open', 'open → half-open'])
    // Whoever is refused changes nothing that would be stored.
    const { state } = bench
    bench.ask(24)
    expect(bench.state).toBe(state)
  })
})

describe('a half-open breaker', () => {
  it('closes when its calls succeed, and counts from zero again', ({ expect }) => {
    const bench = new Bench().halfOpened()
    bench.tell({ successes: 1 })
    expect(bench.ask(5).permits).toBe(0)
    bench.tell({ successes: 1 })
    expect(bench.moves.at(-1)).toBe('half-open → closed')
    bench.tell({ failures: 9 })
    expect(bench.state.phase).toBe('closed')
  })

  it('closes when fewer calls are asked for than have succeeded already', ({ expect }) => {
    const bench = new Bench().halfOpened(1)
    bench.tell({ successes: 1 })
    const { grant, transitions } = acquire(bench.state, { ...policy, halfOpenCalls: 1 }, 3, bench.now)
    expect(grant).toMatchObject({ state: 'closed', permits: 3 })
    expect(transitions).toMatchObject([{ from: 'half-open', to: 'closed' }])
  })

  it('opens again at the first failure', ({ expect }) => {
    const bench = new Bench().halfOpened()
    bench.tell({ successes: 1, failures: 1 })
    expect(bench.moves.at(-1)).toBe('half-open → open')
    expect(bench.ask(1)).toMatchObject({ permits: 0, retryAfterMs: 5_000 })
  })

  it('gives a permit that was not used to somebody else', ({ expect }) => {
    const bench = new Bench().halfOpened()
    bench.tell({ unused: 1 })
    expect(bench.ask(5).permits).toBe(1)
  })

  it('gives up on a ticket whose holder never answers', ({ expect }) => {
    const bench = new Bench().halfOpened()
    bench.now += ticketLifeMs(policy) - 1
    expect(bench.ask(1).permits).toBe(0)
    bench.now += 1
    expect(bench.ask(5).permits).toBe(2)
  })

  it('ignores late results of the time before it opened', ({ expect }) => {
    const bench = new Bench().halfOpened()
    bench.tell({ generation: 1, failures: 5 })
    expect(bench.state.phase).toBe('half-open')
  })
})

describe('tickets and results of other generations', () => {
  it('count a trial that hangs against the quota of the next ones, until it answers', ({ expect }) => {
    const bench = new Bench().halfOpened()
    const hanging = bench.state.generation
    bench.tell({ failures: 1 })
    bench.now += policy.openMs
    expect(bench.ask(5)).toMatchObject({ state: 'half-open', permits: 1 })
    bench.tell({ generation: hanging, successes: 1 })
    expect(bench.state.phase).toBe('half-open')
    expect(bench.ask(5).permits).toBe(1)
  })

  it('say since when every call has failed, until one succeeds', ({ expect }) => {
    const bench = new Bench()
    bench.tell({ successes: 5, failures: 1 })
    expect(bench.state.failingSince).toBeNull()
    bench.tell({ failures: 1 })
    const since = bench.now
    bench.now += 1_000
    bench.tell({ failures: 20 })
    bench.now += policy.openMs
    bench.ask(1)
    expect(bench.state).toMatchObject({ phase: 'half-open', failingSince: since })
    bench.tell({ generation: 1, successes: 1 })
    expect(bench.state).toMatchObject({ phase: 'half-open', failingSince: null })
  })

  it('know nothing of a time without calls: what fails after half a day fails since then', ({ expect }) => {
    const bench = new Bench()
    bench.tell({ failures: 1 })
    const since = bench.now
    bench.now += 12 * 3_600_000
    bench.tell({ failures: 1 })
    expect(bench.state.failingSince).toBe(since)
    bench.now += 12 * 3_600_000 + 1
    bench.tell({ failures: 1 })
    expect(bench.state.failingSince).toBe(bench.now)
  })
})

describe('one exchange', () => {
  const results = { generation: 1, successes: 0, failures: 10, unused: 0 }

  it('takes results first, so that the answer knows them', ({ expect }) => {
    const { grant, transitions } = exchange(CLOSED, policy, [results], 3, 1_000)
    expect(grant).toMatchObject({ state: 'open', permits: 0, retryAfterMs: 5_000 })
    expect(transitions).toEqual([{ from: 'closed', to: 'open', at: 1_000 }])
  })

  it('that asks for nothing leaves the trials to whoever will call', ({ expect }) => {
    const opened = exchange(CLOSED, policy, [results], 0, 1_000)
    const looked = exchange(opened.state, policy, [], 0, 60_000)
    expect(looked.grant).toMatchObject({ state: 'open', permits: 0, retryAfterMs: 0 })
    expect(exchange(looked.state, policy, [], 5, 60_000).grant).toMatchObject({ state: 'half-open', permits: 2 })
  })
})

describe('a breaker that operators reset', () => {
  it('is closed from every state, with nothing seen, in the next generation', ({ expect }) => {
    for (const bench of [new Bench(), new Bench().opened(), new Bench().halfOpened()]) {
      bench.tell({ failures: 3 })
      const { phase, generation } = bench.state
      const { state, transitions } = reset(bench.state, 7_000, bench.now)
      expect(state).toMatchObject({ phase: 'closed', buckets: [], failingSince: null, lastFailureAt: null, resetAt: 7_000 })
      expect(state.generation).toBe(generation + 1)
      expect(transitions).toEqual([{ from: phase, to: 'closed', at: bench.now, reset: true }])
    }
  })

  it('takes each reset once, and none that is older', ({ expect }) => {
    const { state } = reset(new Bench().opened().state, 7_000, 1)
    const again = report(state, policy, { generation: state.generation, successes: 0, failures: 10, unused: 0 }, 2).state
    expect(again.phase).toBe('open')
    expect(reset(again, 7_000, 3)).toEqual({ state: again, transitions: [] })
    expect(reset(again, 6_999, 3)).toEqual({ state: again, transitions: [] })
    expect(reset(again, 7_001, 3).state.phase).toBe('closed')
  })

  it('does not count what began before, takes the reset first, and knows its trials that are still out', ({ expect }) => {
    const { state } = new Bench().halfOpened()
    const before = { generation: state.generation, successes: 0, failures: 1, unused: 0 }
    const { grant, state: after } = exchange(state, policy, [before], 3, 1_000_000, 7_000)
    expect(grant).toMatchObject({ state: 'closed', permits: 3 })
    expect(after.phase).toBe('closed')
    expect(after.tickets).toHaveLength(1)
  })
})

it('a breaker tells how it stands, and does not move by it', ({ expect }) => {
  const bench = new Bench()
  bench.tell({ successes: 3, failures: 2 })
  expect(standing(bench.state, policy, bench.now)).toMatchObject({ state: 'closed', successes: 3, failures: 2, openUntil: null })
  expect(standing(bench.state, policy, bench.now + policy.windowMs + 3_000)).toMatchObject({ successes: 0, failures: 0 })
  const opened = new Bench().opened()
  const stands = { state: 'open', successes: 0, openUntil: opened.now + policy.openMs, failingSince: opened.now }
  expect(standing(opened.state, policy, opened.now + policy.openMs + 1)).toMatchObject(stands)
})
