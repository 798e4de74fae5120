import type { BreakerReport } from '@orchestrator/shared/contracts/breaker'
import type { CircuitBreakerPolicy } from '@orchestrator/shared/contracts/policy'
import type { BucketSize } from '@orchestrator/shared/policy/token-bucket'
import { type BreakerState, CLOSED, exchange } from '@orchestrator/shared/policy/breaker-state'
import { lend, recall, type StoredBucket } from '../../workers/execution/src/durable/lease-bucket.ts'
import { Places } from '../../workers/execution/src/durable/places.ts'

/** The Durable Objects without their platform: memory that a restart forgets, and what they stored before they answered. */
export class LimiterObject {
  #bucket = recall(undefined, 0)
  #places = new Places()
  #stored: StoredBucket | undefined
  readonly #storedPlaces = new Map<string, number>()

  acquire(policy: BucketSize, count: number, now: number) {
    const { state, store, answer } = lend(this.#bucket, policy, count, now)
    this.#bucket = state
    if (store) this.#stored = store
    return answer
  }

  enter(limit: number, id: string, ttlMs: number, now: number) {
    const { entered, expired } = this.#places.enter(limit, id, now + ttlMs, now)
    for (const one of expired) this.#storedPlaces.delete(one)
    if (entered) this.#storedPlaces.set(id, now + ttlMs)
    return { entered }
  }

  leave(ids: readonly string[]): void {
    for (const id of this.#places.leave(ids)) this.#storedPlaces.delete(id)
  }

  restart(now: number): void {
    this.#bucket = recall(this.#stored, now)
    this.#places = new Places(this.#storedPlaces)
  }
}

export class BreakerObject {
  #state: BreakerState = CLOSED
  #stored: BreakerState = CLOSED
  /** When it last ceased to be closed, ms. */
  leftClosedAt = 0

  get phase(): BreakerState['phase'] {
    return this.#state.phase
  }

  acquire(policy: CircuitBreakerPolicy, count: number, reports: readonly BreakerReport[], now: number, resetAt = 0) {
    const before = this.#state
    const { grant, state, transitions } = exchange(before, policy, reports, count, now, resetAt)
    this.#state = state
    if (before.phase === 'closed' && state.phase !== 'closed') this.leftClosedAt = now
    // Successes of a closed breaker are stored now and then only; here never, which is the worst case.
    const isTelling = reports.some(({ failures }) => failures > 0) || state.resetAt !== before.resetAt
    if (state.phase !== 'closed' || before.phase !== 'closed' || isTelling) this.#stored = state
    return { grant, transitions, failingSince: state.failingSince }
  }

  restart(): void {
    this.#state = this.#stored
  }
}
