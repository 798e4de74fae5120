import { breakerGate } from './breaker-gate.ts'
import { isDue, tellBreaker } from './breaker-hops.ts'
import type { Gates } from './gates.ts'
import { prime } from './prime.ts'
import { rateLimitGate } from './rate-limit-gate.ts'
import { countFirst, tryRetry, uncountRetry } from '@orchestrator/shared/policy/retry-counts'
import { type GatesState, retriesOf } from './state.ts'
import type { GatesWorld } from './world.ts'

/** The gates of one isolate: `state` is what it remembers, `world` where it asks. */
export function createGates(state: GatesState, world: GatesWorld): Gates {
  const room = { state, world }
  return {
    prime: (demands, tools) => prime(room, demands, tools),
    rateLimit: (call, tools) => rateLimitGate(room, call, tools),
    breaker: (call, tools) => breakerGate(room, call, tools),
    retryBudget: (connector, { retry }) => ({
      deposit: () => countFirst(retriesOf(state, connector), world.now()),
      withdraw: () => tryRetry(retriesOf(state, connector), retry.budget, world.now()),
      giveBack: () => uncountRetry(retriesOf(state, connector)),
    }),
    async flush(tools) {
      const due = [...state.breakers].flatMap(([connector, view]) =>
        view.policy && isDue(view, world.now()) ? [{ connector, policy: view.policy }] : [],
      )
      await Promise.all(due.map(({ connector, policy }) => tellBreaker(room, connector, policy, tools)))
    },
  }
}
