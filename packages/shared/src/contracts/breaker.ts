import type { CircuitBreakerPolicy, ConcurrencyPolicy, RateLimitPolicy } from './policy.ts'

/** What a caller may do now. `permits` of the asked calls may go; the others try again in `retryAfterMs`. */
export interface BreakerGrant {
  state: 'closed' | 'open' | 'half-open'
  /** Grows with each transition; results of an older generation are ignored. */
  generation: number
  permits: number
  retryAfterMs: number
}

export interface BreakerReport {
  generation: number
  successes: number
  failures: number
  /** Permits that were granted and not used for a call. */
  unused: number
}

export interface BreakerTransition {
  from: 'closed' | 'open' | 'half-open'
  to: 'closed' | 'open' | 'half-open'
  at: number
  /** An operator let it begin anew. */
  reset?: true
}

export interface BreakerAnswer {
  grant: BreakerGrant
  transitions: BreakerTransition[]
  /** Every call of the connector has failed since then, ms; `null` while some succeed. */
  failingSince: number | null
}

/** How a breaker stands, for people. Times in ms. */
export interface BreakerStanding {
  state: BreakerGrant['state']
  /** Results in its window; while it is closed. */
  successes: number
  failures: number
  /** While it is open: when it lets the next call through. */
  openUntil: number | null
  failingSince: number | null
}

/** RPC of the `CircuitBreaker` Durable Object, one per connector. Refusals are data: class identity is lost over RPC. */
export interface CircuitBreakerRpc {
  /**
   * Takes the results of earlier calls, then answers for `count` more. A count of zero only tells how the breaker stands, and
   * does not make it half-open. `resetAt` is when operators last reset it, ms: one that it does not know yet is taken first.
   */
  acquire(
    policy: CircuitBreakerPolicy,
    count: number,
    reports?: readonly BreakerReport[],
    resetAt?: number,
  ): Promise<BreakerAnswer>
}

/** RPC of a token bucket. */
export interface BucketRpc {
  acquire(
    policy: Pick<RateLimitPolicy, 'limit' | 'perMs' | 'burst'>,
    count: number,
  ): Promise<{ permits: number; retryAfterMs: number; remaining: number }>
}

/** RPC of the `RateLimiter` Durable Object, one per key. */
export interface RateLimiterRpc extends BucketRpc {
  /** Takes one of the places for calls in flight, under an id of the caller's, until it leaves or `ttlMs` have passed. */
  enter(policy: Pick<ConcurrencyPolicy, 'limit'>, id: string, ttlMs: number): Promise<{ entered: boolean }>
  /** Gives places back. Unknown ids are no error: they have expired. */
  leave(ids: readonly string[]): Promise<void>
}
