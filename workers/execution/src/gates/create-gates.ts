import { breakerGate } from './breaker-gate.ts'
import type { Gates } from './gates.ts'
import { rateLimitGate } from './rate-limit-gate.ts'
import type { GatesState } from './state.ts'
import type { GatesWorld } from './world.ts'

/** The gates of one isolate: `state` is what it remembers, `world` where it asks. */
export function createGates(_state: GatesState, world: GatesWorld): Gates {
  return {
    prime: async () => undefined,
    rateLimit: (call, tools) => rateLimitGate(world, call, tools),
    breaker: (call, tools) => breakerGate(world, call, tools),
    retryBudget: () => ({ deposit: () => undefined, withdraw: () => true }),
    flush: async () => undefined,
  }
}
