import type { CircuitBreakerPolicy, RateLimitPolicy } from './policy.ts'

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
}

/** RPC of the `CircuitBreaker` Durable Object, one per connector. Refusals are data: class identity is lost over RPC. */
export interface CircuitBreakerRpc {
  /** Asks for `count` permits, and carries the results of earlier calls. */
  acquire(policy: CircuitBreakerPolicy, count: number): Promise<{ grant: BreakerGrant; transitions: BreakerTransition[] }>
  report(policy: CircuitBreakerPolicy, report: BreakerReport): Promise<{ transitions: BreakerTransition[] }>
}

/** RPC of the `RateLimiter` Durable Object, one per key. */
export interface RateLimiterRpc {
  acquire(
    policy: Pick<RateLimitPolicy, 'limit' | 'perMs' | 'burst'>,
    count: number,
  ): Promise<{ permits: number; retryAfterMs: number; remaining: number }>
}
