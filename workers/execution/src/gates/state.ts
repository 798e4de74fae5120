import { putNewest } from '@orchestrator/shared/core/put-newest'
import { type BreakerView, newBreakerView } from './breaker-view.ts'
import { MAX_REMEMBERED } from './constants.ts'
import { type Lease, newLease } from './lease.ts'
import type { RetryCounts } from '@orchestrator/shared/policy/retry-counts'

/** A Durable Object that could not be asked. */
export interface Outage {
  /** Not asked again before, ms. */
  until: number
  error: string
  /** Whether an event told it. */
  told: boolean
}

/** What an isolate remembers of the gates between invocations: data only, never a promise. */
export interface GatesState {
  /** By the limiter's key. */
  leases: Map<string, Lease>
  /** Until when a key has no place for another call in flight, ms. */
  full: Map<string, number>
  /** By connector. */
  breakers: Map<string, BreakerView>
  retries: Map<string, RetryCounts>
  /** By the limiter's key, or `breaker/` and the connector. */
  outages: Map<string, Outage>
  /** When it was last told that a limit's key cannot be read, ms; by connector and key. */
  keyFailures: Map<string, number>
}

export function createGatesState(): GatesState {
  return {
    leases: new Map(),
    full: new Map(),
    breakers: new Map(),
    retries: new Map(),
    outages: new Map(),
    keyFailures: new Map(),
  }
}

export function leaseOf(state: GatesState, key: string): Lease {
  return recalled(state.leases, key, newLease)
}

export function breakerOf(state: GatesState, connector: string): BreakerView {
  return recalled(state.breakers, connector, newBreakerView)
}

export function retriesOf(state: GatesState, connector: string): RetryCounts {
  return recalled(state.retries, connector, () => ({ buckets: [] }))
}

/** Notes a value as the newest; the one used longest ago makes room. */
export function remember<T>(map: Map<string, T>, key: string, value: T): T {
  return putNewest(map, key, value, MAX_REMEMBERED)
}

function recalled<T>(map: Map<string, T>, key: string, create: () => T): T {
  return remember(map, key, map.get(key) ?? create())
}
