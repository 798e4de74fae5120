import type { BreakerGate } from '@orchestrator/shared/policy/types'
import { askBreaker, breakerOutage, isDue, tellBreaker } from './breaker-hops.ts'
import { decide, note, noteReset } from './breaker-view.ts'
import { FORCED_OPEN_RETRY_MS, LATE_TRIES } from './constants.ts'
import type { GatedCall, GateTools } from './gates.ts'
import { currentOutage, decideWithout, noteOutage } from './outage.ts'
import { breakerOf, type Outage } from './state.ts'
import type { GatesRoom } from './world.ts'

export type BreakerCall = Pick<GatedCall, 'connector' | 'policy' | 'override' | 'resetAt'>

/** What the breaker says to one call. `holds`: whether it would still say so, after the call waited for something else. */
export type BreakerEntry =
  | { allowed: true; settle(result: 'success' | 'failure' | 'unused'): void; holds(): boolean }
  | { allowed: false; retryAfterMs: number }

/**
 * The breaker of one call. What the isolate knows of it decides without a hop, at most a second old and refreshed while calls go
 * on; a half-open breaker is asked by each call. An operator's override wins and needs no Durable Object; a breaker that cannot
 * be asked lets pass or refuses, as the policy says.
 */
export function breakerGate(room: GatesRoom, call: BreakerCall, tools: GateTools): BreakerGate {
  return { enter: () => enterBreaker(room, call, tools) }
}

/** Asks, where what is known does not decide. */
export async function enterBreaker(room: GatesRoom, call: BreakerCall, tools: GateTools): Promise<BreakerEntry> {
  const { connector, policy } = call
  const known = knownEntry(room, call, tools)
  if (known) return known
  const key = breakerOutage(connector)
  try {
    for (let tries = 0; tries < LATE_TRIES; tries++) {
      const grant = await askBreaker(room, connector, policy, 1, tools)
      if (grant.permits === 0) return { allowed: false, retryAfterMs: Math.max(1, grant.retryAfterMs) }
      const entry = tracked(room, call, tools, grant.generation, grant.state === 'half-open')
      // An answer that was long on its way says how the breaker stood when it left.
      if (entry.holds()) return entry
    }
    return without(call, tools, noteOutage(room, key, 'the answers of the circuit breaker are too old when they come'))
  } catch {
    return without(call, tools, currentOutage(room, key) ?? noteOutage(room, key, 'the circuit breaker failed'))
  }
}

/** What the breaker says, if no hop is needed to know it. */
export function knownEntry(room: GatesRoom, call: BreakerCall, tools: GateTools): BreakerEntry | null {
  const { connector, policy, override, resetAt } = call
  const settings = policy.circuitBreaker
  if (override === 'open') return { allowed: false, retryAfterMs: settings?.openMs ?? FORCED_OPEN_RETRY_MS }
  if (!settings || override === 'closed') return untracked
  const view = breakerOf(room.state, connector)
  view.policy = policy
  noteReset(view, resetAt)
  const decision = decide(view, room.world.now())
  const outage = currentOutage(room, breakerOutage(connector))
  if (decision.kind === 'ask') return outage ? without(call, tools, outage) : null
  if (decision.stale && !outage) tools.keep(tellBreaker(room, connector, policy, tools))
  if (decision.kind === 'refuse') return { allowed: false, retryAfterMs: decision.retryAfterMs }
  return tracked(room, call, tools, decision.generation, false)
}

function tracked(
  room: GatesRoom,
  { connector, policy }: BreakerCall,
  tools: GateTools,
  generation: number,
  trial: boolean,
): Extract<BreakerEntry, { allowed: true }> {
  const { state, world } = room
  let settled = false
  return {
    allowed: true,
    settle(result) {
      if (settled) return
      settled = true
      const view = breakerOf(state, connector)
      // Only the permits of trials are counted, so only those are given back.
      if (result === 'unused' && !trial) return
      note(view, generation, result)
      if (isDue(view, world.now())) tools.keep(tellBreaker(room, connector, policy, tools))
    },
    holds: () => trial || decide(breakerOf(state, connector), world.now()).kind === 'pass',
  }
}

function without({ connector, policy }: BreakerCall, tools: GateTools, outage: Outage): BreakerEntry {
  const event = { type: 'breaker.unavailable' as const, data: { connector } }
  const decision = decideWithout(outage, policy.circuitBreaker?.onUnavailable ?? 'failOpen', event, tools)
  return decision.allowed ? untracked : decision
}

const untracked: BreakerEntry = { allowed: true, settle: () => undefined, holds: () => true }
