import type { CircuitBreakerRpc, RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import type { Clock, withDeadline } from '@orchestrator/shared/core/clock'
import type { GatesState } from './state.ts'

/** What the gates need of the world. */
export interface GatesWorld {
  now: Clock
  /** The breaker of a connector. */
  breaker(connector: string): CircuitBreakerRpc
  /** The limiter of a key. */
  rateLimiter(key: string): RateLimiterRpc
  /** Gives up on work that takes too long. The real timer, unless a simulation has its own. */
  deadline?: typeof withDeadline
}

/** What the isolate remembers, and where it asks. */
export interface GatesRoom {
  state: GatesState
  world: GatesWorld
}
