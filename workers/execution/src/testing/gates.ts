import type { BreakerReport, CircuitBreakerRpc, RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { CircuitBreakerPolicy, Policy } from '@orchestrator/shared/contracts/policy'
import type { BucketSize } from '@orchestrator/shared/policy/token-bucket'
import { FakeClock, testPolicy } from '@orchestrator/shared/testing/policy-context'
import { type BreakerState, CLOSED, exchange } from '@orchestrator/shared/policy/breaker-state'
import { lend, recall } from '../durable/lease-bucket.ts'
import { Places } from '../durable/places.ts'
import { createGates } from '../gates/create-gates.ts'
import type { GatedCall } from '../gates/gates.ts'
import { createGatesState } from '../gates/state.ts'

export const breakerPolicy: CircuitBreakerPolicy = {
  windowMs: 30_000,
  minCalls: 4,
  failureRate: 0.5,
  openMs: 5_000,
  halfOpenCalls: 1,
  countAsFailure: ['5xx'],
  onUnavailable: 'failOpen',
}

/** The gates of one isolate over the Durable Objects' logic, with a clock; `asked` and `told` are the hops that were made. */
export function gatesBench(changes: Partial<Policy>) {
  const clock = new FakeClock()
  const policy = testPolicy({ circuitBreaker: null, ...changes })
  const events: Pick<LogEvent, 'type' | 'data'>[] = []
  const failing: number[] = []
  const kept: Promise<unknown>[] = []
  const tools = {
    emit: (event: LogEvent) => void events.push(event),
    keep: (work: Promise<unknown>) => void kept.push(work),
    onFailing: (_connector: string, _policy: Policy, since: number) => void failing.push(since),
  }
  const call: GatedCall = {
    connector: 'billing',
    operation: 'echo',
    client: 'shop',
    input: {},
    policy,
    limitScope: 'billing',
    override: undefined,
    resetAt: 0,
  }
  const breaker = breakerFake(clock)
  const limiter = limiterFake(clock)
  const world = { now: clock.now, breaker: () => breaker.rpc, rateLimiter: () => limiter.rpc }
  const gates = createGates(createGatesState(), world)
  return {
    clock,
    events,
    failing,
    tools,
    call,
    gates,
    breaker,
    limiter,
    /** All that nobody waits for. */
    settled: async () => {
      while (kept.length > 0) await kept.shift()
    },
    enterBreaker: (of: Partial<GatedCall> = {}) => gates.breaker({ ...call, ...of }, tools).enter(),
    enterLimit: (of: Partial<GatedCall> = {}) => gates.rateLimit({ ...call, ...of }, tools).enter(),
  }
}

function breakerFake(clock: FakeClock) {
  const fake = {
    state: CLOSED as BreakerState,
    hops: [] as { count: number; reports: readonly BreakerReport[] }[],
    away: null as Error | null,
    rpc: {
      async acquire(policy, count, reports = [], resetAt = 0): ReturnType<CircuitBreakerRpc['acquire']> {
        fake.hops.push({ count, reports })
        if (fake.away) throw fake.away
        const { state, grant, transitions } = exchange(fake.state, policy, reports, count, clock.now(), resetAt)
        fake.state = state
        return { grant, transitions, failingSince: state.failingSince }
      },
    } satisfies CircuitBreakerRpc,
  }
  return fake
}

function limiterFake(clock: FakeClock) {
  let bucket = recall(undefined, 0)
  const fake = {
    places: new Places(),
    hops: [] as string[],
    away: null as Error | null,
    /** How long a lease takes to arrive, ms. */
    delayMs: 0,
    rpc: {
      async acquire(policy: BucketSize, count: number): ReturnType<RateLimiterRpc['acquire']> {
        fake.hops.push(`acquire ${count}`)
        if (fake.away) throw fake.away
        const { state, answer } = lend(bucket, policy, count, clock.now())
        bucket = state
        clock.advance(fake.delayMs)
        return answer
      },
      async enter({ limit }, id, ttlMs): ReturnType<RateLimiterRpc['enter']> {
        fake.hops.push('enter')
        if (fake.away) throw fake.away
        const { entered } = fake.places.enter(limit, id, clock.now() + ttlMs, clock.now())
        return { entered }
      },
      async leave(ids): Promise<void> {
        fake.hops.push('leave')
        fake.places.leave(ids)
      },
    } satisfies RateLimiterRpc,
  }
  return fake
}
