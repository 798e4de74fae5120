/**
 * A circuit breaker as data: every function takes a state and answers the next one. Closed counts results in a sliding window;
 * open refuses; half-open lets a few through, and what comes of them decides. The generation grows with each transition, and
 * results that belong to an older one are ignored: they say nothing about the upstream as it is now. Tickets outlive the
 * generation they were given in, so that trials which hang count against the quota of the next ones.
 */
import type { BreakerGrant, BreakerReport, BreakerStanding, BreakerTransition } from '../contracts/breaker'
import type { CircuitBreakerPolicy } from '../contracts/policy'

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
  /** Trials that are out, oldest first, and when each ceases to count, ms. */
  tickets: Ticket[]
  /** Calls that succeeded; while half-open. */
  trials: number
  /** Every call has failed since then, ms; `null` while some succeed. */
  failingSince: number | null
  /** The last call that failed, ms. */
  lastFailureAt: number | null
  /** The newest reset by operators that it has taken, ms; 0: none. */
  resetAt: number
}

interface Ticket {
  generation: number
  until: number
}

export interface Step {
  state: BreakerState
  transitions: BreakerTransition[]
}

/** The window slides in this many steps. */
const BUCKETS = 10

export const CLOSED: BreakerState = {
  phase: 'closed',
  generation: 1,
  openedAt: 0,
  buckets: [],
  tickets: [],
  trials: 0,
  failingSince: null,
  lastFailureAt: null,
  resetAt: 0,
}

/** Takes a reset that is new, and reports, then answers for `count` more calls. */
export function exchange(
  state: BreakerState,
  policy: CircuitBreakerPolicy,
  reports: readonly BreakerReport[],
  count: number,
  now: number,
  resetAt = 0,
): Step & { grant: BreakerGrant } {
  const anew = reset(state, resetAt, now)
  const transitions = [...anew.transitions]
  let current = anew.state
  for (const one of reports) {
    const step = report(current, policy, one, now)
    current = step.state
    transitions.push(...step.transitions)
  }
  const { grant, ...step } = acquire(current, policy, count, now)
  return { state: step.state, transitions: [...transitions, ...step.transitions], grant }
}

/**
 * Begins anew, as operators asked at `resetAt`: closed, with nothing seen. The generation is the next one, also where it was
 * closed, so that results of calls that began before count no more. One that is known already, or older, changes nothing.
 */
export function reset(state: BreakerState, resetAt: number, now: number): Step {
  if (resetAt <= state.resetAt) return { state, transitions: [] }
  const { state: closed } = move(state, 'closed', now)
  return {
    state: { ...closed, failingSince: null, lastFailureAt: null, resetAt },
    transitions: [{ from: state.phase, to: 'closed', at: now, reset: true }],
  }
}

/** How it stands, for people; nothing moves. */
export function standing(state: BreakerState, policy: CircuitBreakerPolicy, now: number): BreakerStanding {
  const live = state.buckets.filter(({ at }) => at > now - policy.windowMs)
  return {
    state: state.phase,
    successes: live.reduce((sum, bucket) => sum + bucket.successes, 0),
    failures: live.reduce((sum, bucket) => sum + bucket.failures, 0),
    openUntil: state.phase === 'open' ? state.openedAt + policy.openMs : null,
    failingSince: state.failingSince,
  }
}

/** Asks for permits for `count` calls; none only asks how it stands, and moves nothing. */
export function acquire(
  state: BreakerState,
  policy: CircuitBreakerPolicy,
  count: number,
  now: number,
): Step & { grant: BreakerGrant } {
  if (state.phase === 'closed') return { state, transitions: [], grant: grantOf(state, count, 0) }
  const reopensAt = state.openedAt + policy.openMs
  if (state.phase === 'open' && (now < reopensAt || count === 0)) {
    return { state, transitions: [], grant: grantOf(state, 0, Math.max(0, reopensAt - now)) }
  }
  if (state.phase === 'half-open' && state.trials >= policy.halfOpenCalls) {
    // They succeeded under a policy that asked for more: nobody else would get a ticket, and nothing more be told.
    const closed = move(state, 'closed', now)
    return { ...closed, grant: grantOf(closed.state, count, 0) }
  }
  const step = state.phase === 'open' ? move(state, 'half-open', now) : { state, transitions: [] }
  const tickets = step.state.tickets.filter(({ until }) => until > now)
  const free = Math.max(0, policy.halfOpenCalls - tickets.length - step.state.trials)
  const permits = Math.min(count, free)
  // A question that changes nothing is not stored: everybody asks while somebody tries.
  const unchanged = permits === 0 && tickets.length === step.state.tickets.length
  if (unchanged) return { ...step, grant: grantOf(step.state, 0, halfOpenRetryMs(policy)) }
  const { generation } = step.state
  const ticket = { generation, until: now + ticketLifeMs(policy) }
  const granted: BreakerState = { ...step.state, tickets: [...tickets, ...Array.from({ length: permits }, () => ticket)] }
  return { ...step, state: granted, grant: grantOf(granted, permits, halfOpenRetryMs(policy)) }
}

/** Takes the results of calls that had permits. */
export function report(before: BreakerState, policy: CircuitBreakerPolicy, results: BreakerReport, now: number): Step {
  const state = {
    ...before,
    tickets: withoutTickets(before.tickets, results),
    failingSince: failingSince(before, results, now),
    lastFailureAt: results.failures > 0 ? now : before.lastFailureAt,
  }
  if (results.generation !== state.generation) return { state, transitions: [] }
  switch (state.phase) {
    case 'closed': {
      const counted = { ...state, buckets: count(state.buckets, policy, results, now) }
      return isFailing(counted.buckets, policy) ? move(counted, 'open', now) : { state: counted, transitions: [] }
    }
    case 'half-open': {
      const tried = { ...state, trials: state.trials + results.successes }
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
      tickets: state.tickets.filter(({ until }) => until > now),
      trials: 0,
      failingSince: state.failingSince,
      lastFailureAt: state.lastFailureAt,
      resetAt: state.resetAt,
    },
    transitions: [{ from: state.phase, to, at: now }],
  }
}

/** Gives back as many of the oldest tickets of the results' generation as there are results. */
function withoutTickets(tickets: Ticket[], { generation, successes, failures, unused }: BreakerReport): Ticket[] {
  let returned = successes + failures + unused
  return tickets.filter((ticket) => ticket.generation !== generation || returned-- <= 0)
}

/** Without a failure for so long nothing is known of the time between: a connector that is called once a month fails twice, not for a month. */
const FAILING_GAP_MS = 12 * 3_600_000

/** A success of any generation is one: it ends what was said about every call. */
function failingSince(
  { failingSince: since, lastFailureAt }: BreakerState,
  { successes, failures }: BreakerReport,
  now: number,
): number | null {
  if (successes > 0) return null
  if (failures === 0) return since
  const goesOn = since !== null && lastFailureAt !== null && now - lastFailureAt <= FAILING_GAP_MS
  return goesOn ? since : now
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
