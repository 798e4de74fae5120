import type { CircuitBreakerRpc, RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import { type BreakerState, CLOSED, exchange } from '@orchestrator/shared/policy/breaker-state'
import { type LeaseBucket, lend, recall } from '../../workers/execution/src/durable/lease-bucket.ts'
import { Places } from '../../workers/execution/src/durable/places.ts'
import { createGates } from '../../workers/execution/src/gates/create-gates.ts'
import type { Gates } from '../../workers/execution/src/gates/gates.ts'
import { createGatesState } from '../../workers/execution/src/gates/state.ts'
import { createPace } from '../../workers/execution/src/runner/pace.ts'
import type { Actor } from './actor.ts'
import type { Core } from './core.ts'

/** What an isolate of execution remembers between its invocations. */
export function createIsolate() {
  return { gates: createGatesState(), pace: createPace() }
}
export type Isolate = ReturnType<typeof createIsolate>

/** Breakers and limiters: the real logic, each hop a step of who asks. Their own guarantees are shown elsewhere. */
export class Objects {
  readonly #core: Core
  readonly #breakers = new Map<string, BreakerState>()
  readonly #buckets = new Map<string, LeaseBucket>()
  readonly #places = new Map<string, Places>()

  constructor(core: Core) {
    this.#core = core
  }

  /** The gates of an isolate, as one of its invocations uses them. */
  gates(actor: Actor, isolate: Isolate): Gates {
    return createGates(isolate.gates, {
      now: actor.now,
      breaker: (connector) => this.#breaker(actor, connector),
      rateLimiter: (key) => this.#limiter(actor, key),
    })
  }

  #breaker(actor: Actor, connector: string): CircuitBreakerRpc {
    const { rng, scheduler, faults } = this.#core
    return {
      acquire: (policy, count, reports = [], resetAt = 0) =>
        actor.step({
          channel: 'object',
          label: `asks the breaker of ${connector} for ${count}`,
          work: () => {
            const before = this.#breakers.get(connector) ?? CLOSED
            const { state, grant, transitions } = exchange(before, policy, reports, count, scheduler.now, resetAt)
            this.#breakers.set(connector, state)
            // Somebody else may have been quicker.
            const permits = rng.chance(faults.refused) ? rng.int(0, grant.permits) : grant.permits
            return { grant: { ...grant, permits }, transitions, failingSince: state.failingSince }
          },
        }),
    }
  }

  #limiter(actor: Actor, key: string): RateLimiterRpc {
    const { scheduler } = this.#core
    const step = <T>(label: string, work: () => T) => actor.step({ channel: 'object', label: `${label} ${key}`, work })
    const places = this.#places.get(key) ?? new Places()
    this.#places.set(key, places)
    return {
      acquire: (policy, count) =>
        step(`asks for ${count} permits of`, () => {
          const bucket = this.#buckets.get(key) ?? recall(undefined, scheduler.now)
          const { state, answer } = lend(bucket, policy, count, scheduler.now)
          this.#buckets.set(key, state)
          return answer
        }),
      enter: ({ limit }, id, ttlMs) =>
        step('enters', () => ({ entered: places.enter(limit, id, scheduler.now + ttlMs, scheduler.now).entered })),
      leave: (ids) => step('leaves', () => void places.leave(ids)),
    }
  }
}
