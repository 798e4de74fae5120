import type { BreakerGate } from '@orchestrator/shared/policy/types'
import { askBreaker, breakerOutage, isDue, tellBreaker } from './breaker-hops.ts'
import { decide, note } from './breaker-view.ts'
import type { GatedCall, GateTools } from './gates.ts'
import { currentOutage, decideWithout, noteOutage } from './outage.ts'
import { breakerOf } from './state.ts'
import type { GatesRoom } from './world.ts'

type Entry = Awaited<ReturnType<BreakerGate['enter']>>

/**
 * The breaker of one call. What the isolate knows of it decides without a hop, at most a second old and refreshed while calls go
 * on; a half-open breaker is asked by each call. An operator's override wins and needs no Durable Object; a breaker that cannot
 * be asked lets pass or refuses, as the policy says.
 */
export function breakerGate(
  room: GatesRoom,
  { connector, policy, override }: Pick<GatedCall, 'connector' | 'policy' | 'override'>,
  tools: GateTools,
): BreakerGate {
  const { state, world } = room
  const settings = policy.circuitBreaker
  return {
    async enter() {
      if (!settings || override === 'closed') return untracked
      if (override === 'open') return { allowed: false, retryAfterMs: settings.openMs }
      const view = breakerOf(state, connector)
      view.policy = policy
      const decision = decide(view, world.now())
      if (decision.kind !== 'ask') {
        if (decision.stale && !currentOutage(room, breakerOutage(connector))) {
          tools.keep(tellBreaker(room, connector, policy, tools))
        }
        return decision.kind === 'pass' ? tracked(decision.generation) : { allowed: false, retryAfterMs: decision.retryAfterMs }
      }
      const outage = currentOutage(room, breakerOutage(connector))
      if (outage) return without(outage)
      try {
        const grant = await askBreaker(room, connector, policy, 1, tools)
        if (!grant) return untracked
        return grant.permits > 0 ? tracked(grant.generation) : { allowed: false, retryAfterMs: Math.max(1, grant.retryAfterMs) }
      } catch {
        const key = breakerOutage(connector)
        return without(currentOutage(room, key) ?? noteOutage(room, key, 'the circuit breaker failed'))
      }
    },
  }

  function tracked(generation: number): Entry {
    let settled = false
    return {
      allowed: true,
      settle(result) {
        if (settled) return
        settled = true
        const view = breakerOf(state, connector)
        note(view, generation, result)
        if (isDue(view, world.now())) tools.keep(tellBreaker(room, connector, policy, tools))
      },
    }
  }

  function without(outage: Parameters<typeof decideWithout>[0]): Entry {
    const event = { type: 'breaker.unavailable' as const, data: { connector } }
    const decision = decideWithout(outage, settings?.onUnavailable ?? 'failOpen', event, tools)
    return decision.allowed ? untracked : decision
  }
}

const untracked: Entry = { allowed: true, settle: () => undefined }
