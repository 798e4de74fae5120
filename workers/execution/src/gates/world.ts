import type { CircuitBreakerRpc, RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import type { Clock } from '@orchestrator/shared/core/clock'
import type { Random } from '@orchestrator/shared/core/ids'

/** What the gates need of the world. */
export interface GatesWorld {
  now: Clock
  random?: Random
  /** The breaker of a connector. */
  breaker(connector: string): CircuitBreakerRpc
  /** The limiter of a key. */
  rateLimiter(key: string): RateLimiterRpc
}
