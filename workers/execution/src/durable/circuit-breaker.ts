/**
 * A circuit breaker as data: every function takes a state and answers the next one. Closed counts results in a sliding window;
 * open refuses; half-open lets a few through, and what comes of them decides. The generation grows with each transition, and
 * results that belong to an older one are ignored: they say nothing about the upstream as it is now.
 */
import type { BreakerGrant, BreakerReport, BreakerTransition } from '@orchestrator/shared/contracts/breaker'
import type { CircuitBreakerPolicy } from '@orchestrator/shared/contracts/policy'

export interface Bucket {
  at: number
  successes: number
  failures: number
}

export interface BreakerState {
  phase: BreakerGrant['state']
  generation: number
  /** When it opened, ms. */
  openedAt: number
  /** Results of the window, oldest first; while closed. */
  buckets: Bucket[]
  /** When each call that is out ceases to count, ms; while half-open. */
  tickets: number[]
  /** Calls that succeeded; while half-open. */
  trials: number
}

export interface Step {
  state: BreakerState
  transitions: BreakerTransition[]
}

/** The window slides in this many steps. */
const BUCKETS = 10

export const CLOSED: BreakerState = { phase: 'closed', generation: 1, openedAt: 0, buckets: [], tickets: [], trials: 0 }

/** Asks for permits for `count` calls. */
export function acquire(
  state: BreakerState,
  policy: CircuitBreakerPolicy,
  count: number,
  now: number,
): Step & { grant: BreakerGrant } {
  if (state.phase === 'closed') return { state, transitions: [], grant: grantOf(state, count, 0) }
  const reopensAt = state.openedAt + policy.openMs
  if (state.phase === 'open' && now < reopensAt) return { state, transitions: [], grant: grantOf(state, 0, reopensAt - now) }
  const step = state.phase === 'open' ? move(state, 'half-open', now) : { state, transitions: [] }
  const tickets = step.state.tickets.filter((expiresAt) => expiresAt > now)
  const free = Math.max(0, policy.halfOpenCalls - tickets.length - step.state.trials)
  const permits = Math.min(count, free)
  const granted: BreakerState = {
    ...step.state,
    tickets: [...tickets, ...Array.from({ length: permits }, () => now + ticketLifeMs(policy))],
  }
  return { ...step, state: granted, grant: grantOf(granted, permits, halfOpenRetryMs(policy)) }
}

/** Takes the results of calls that had permits. */
export function report(state: BreakerState, policy: CircuitBreakerPolicy, results: BreakerReport, now: number): Step {
  if (results.generation !== state.generation) return { state, transitions: [] }
  switch (state.phase) {
    case 'closed': {
      const counted = { ...state, buckets: count(state.buckets, policy, results, now) }
      return isFailing(counted.buckets, policy) ? move(counted, 'open', now) : { state: counted, transitions: [] }
    }
    case 'half-open': {
      const returned = results.successes + results.failures + results.unused
      const tried = { ...state, tickets: state.tickets.slice(returned), trials: state.trials + results.successes }
      if (results.failures > 0) return move(tried, 'open', now)
      return tried.trials >= policy.halfOpenCalls ? move(tried, 'closed', now) : { state: tried, transitions: [] }
    }
    case 'open':
      return { state, transitions: [] }
  }
}

/** A caller that died with a ticket gives it back by not answering for so long. The policy knows no attempt timeout. */
export function ticketLifeMs(policy: CircuitBreakerPolicy): number {
  return Math.min(120_000, Math.max(20_000, 4 * policy.openMs))
}

/** While somebody else tries, the others ask again a little later. */
function halfOpenRetryMs(policy: CircuitBreakerPolicy): number {
  return Math.min(10_000, Math.max(1_000, Math.round(policy.openMs / 2)))
}

function grantOf(state: BreakerState, permits: number, retryAfterMs: number): BreakerGrant {
  return { state: state.phase, generation: state.generation, permits, retryAfterMs }
}

function move(state: BreakerState, to: BreakerState['phase'], now: number): Step {
  return {
    state: {
      phase: to,
      generation: state.generation + 1,
      openedAt: to === 'open' ? now : state.openedAt,
      buckets: [],
      tickets: [],
      trials: 0,
    },
    transitions: [{ from: state.phase, to, at: now }],
  }
}

function count(buckets: readonly Bucket[], policy: CircuitBreakerPolicy, results: BreakerReport, now: number): Bucket[] {
  const width = Math.ceil(policy.windowMs / BUCKETS)
  const at = now - (now % width)
  const live = buckets.filter((bucket) => bucket.at > now - policy.windowMs)
  const last = live.at(-1)
  const current = last?.at === at ? last : { at, successes: 0, failures: 0 }
  const updated = {
    at,
    successes: current.successes + results.successes,
    failures: current.failures + results.failures,
  }
  return [...live.filter((bucket) => bucket !== last || last.at !== at), updated]
}

function isFailing(buckets: readonly Bucket[], policy: CircuitBreakerPolicy): boolean {
  const failures = buckets.reduce((sum, bucket) => sum + bucket.failures, 0)
  const calls = buckets.reduce((sum, bucket) => sum + bucket.successes, failures)
  return failures > 0 && calls >= policy.minCalls && failures / calls >= policy.failureRate
}
