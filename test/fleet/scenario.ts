import type { Policy } from '@orchestrator/shared/contracts/policy'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import type { Rng } from '../simulation/random.ts'

/** What one run of the fleet is like. Times in ms. */
export interface Scenario {
  policy: Policy
  isolates: number
  /** Calls a second that the whole fleet wants to make. */
  demandPerSecond: number
  /**
   * How they come: evenly; or in the way that is hardest on a limit, again and again: silence until the bucket is full, a batch
   * that leases all there is and uses it at the last moment, then a flood.
   */
  demand: 'steady' | 'waves'
  durationMs: number
  /** How long a message to or from a Durable Object takes, and how long a call. */
  hopMs: readonly [min: number, max: number]
  callMs: readonly [min: number, max: number]
  faults: Faults
  /** When the upstream is down. */
  down: readonly (readonly [from: number, until: number])[]
  /** When operators reset the breaker, in order. */
  resets: readonly number[]
}

/** How probable each mishap is: for a message, and for a second of the run. */
export interface Faults {
  lostMessage: number
  slowMessage: number
  restartASecond: number
  deathASecond: number
}

export const NO_FAULTS: Faults = { lostMessage: 0, slowMessage: 0, restartASecond: 0, deathASecond: 0 }

const CALLS = 400

/** A policy, a fleet and its mishaps, of which anything may happen. */
export function randomScenario(rng: Rng): Scenario {
  const perMs = rng.pick([1_000, 1_000, 1_500, 5_000, 20_000])
  const limit = rng.pick([1, 2, 5, 10, 30, 50, 100, 200])
  const burst = rng.pick([0, 1, 2, Math.ceil(limit / 5), limit, 2 * limit])
  const limited = rng.chance(0.8)
  const demandPerSecond = Math.min(400, Math.max(1, (limit / perMs) * 1_000 * rng.pick([0.3, 0.9, 1.2, 3, 6])))
  const durationMs = Math.min(60_000, Math.max(3 * perMs, (CALLS / demandPerSecond) * 1_000))
  const callMs = rng.pick([
    [1, 30],
    [50, 400],
    [500, 4_900],
  ] as const)
  const outageAt = rng.int(0, 3_000)
  return {
    policy: testPolicy({
      rateLimit: limited ? { limit, perMs, burst, key: null, onUnavailable: 'failClosed' } : null,
      concurrency: rng.chance(0.4) ? { limit: rng.pick([1, 2, 5, 20]), key: null, onUnavailable: 'failClosed' } : null,
      circuitBreaker: rng.chance(0.7)
        ? {
            windowMs: 10_000,
            minCalls: 5,
            failureRate: 0.5,
            openMs: rng.pick([2_000, 3_000]),
            halfOpenCalls: rng.pick([1, 2, 5]),
            countAsFailure: ['5xx'],
            onUnavailable: 'failClosed',
          }
        : null,
    }),
    isolates: rng.pick([1, 2, 5, 12]),
    demandPerSecond,
    demand: limited && rng.chance(0.4) ? 'waves' : 'steady',
    durationMs,
    hopMs: rng.pick([
      [0, 1],
      [2, 10],
      [5, 60],
      [40, 200],
    ] as const),
    callMs,
    faults: {
      lostMessage: rng.pick([0, 0.001, 0.02]),
      slowMessage: rng.pick([0, 0.01, 0.1]),
      restartASecond: rng.pick([0, 0.1, 1]),
      deathASecond: rng.pick([0, 0.1, 1]),
    },
    down: rng.chance(0.6) ? [[outageAt, outageAt + rng.int(1_000, 15_000)]] : [],
    resets: rng.chance(0.4) ? [rng.int(1_000, 8_000), rng.int(8_000, 20_000)] : [],
  }
}
