import type { BreakerGrant, BreakerTransition } from '@orchestrator/shared/contracts/breaker'
import type { EventType, LogEvent } from '@orchestrator/shared/contracts/events'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { BreakerGate } from '@orchestrator/shared/policy/types'
import { DURABLE_OBJECT_DEADLINE_MS, UNAVAILABLE_RETRY_MS } from './constants.ts'
import type { GatedCall, GateTools } from './gates.ts'
import type { GatesWorld } from './world.ts'

/**
 * The breaker of one call. An operator's override wins and needs no Durable Object; one that cannot be asked lets pass or
 * refuses, as the policy says.
 */
export function breakerGate(
  world: GatesWorld,
  { connector, policy, override }: Pick<GatedCall, 'connector' | 'policy' | 'override'>,
  tools: GateTools,
): BreakerGate {
  const breaker = policy.circuitBreaker
  return {
    async enter() {
      if (!breaker || override === 'closed') return { allowed: true, settle: () => undefined }
      if (override === 'open') return { allowed: false, retryAfterMs: breaker.openMs }
      try {
        const acquiring = world.breaker(connector).acquire(breaker, 1)
        const { grant, transitions } = await withDeadline(acquiring, DURABLE_OBJECT_DEADLINE_MS, 'the circuit breaker')
        for (const transition of transitions) tools.emit(transitionEvent(connector, transition))
        if (grant.permits === 0) return { allowed: false, retryAfterMs: grant.retryAfterMs }
        return { allowed: true, settle: (result) => tools.keep(tell(grant, result)) }
      } catch (error) {
        const { onUnavailable } = breaker
        tools.emit({ type: 'breaker.unavailable', data: { connector, decision: onUnavailable, error: errorMessage(error) } })
        if (onUnavailable === 'failOpen') return { allowed: true, settle: () => undefined }
        return { allowed: false, retryAfterMs: UNAVAILABLE_RETRY_MS }
      }
    },
  }

  async function tell(grant: BreakerGrant, result: 'success' | 'failure' | 'unused'): Promise<void> {
    if (!breaker) return
    const report = {
      generation: grant.generation,
      successes: Number(result === 'success'),
      failures: Number(result === 'failure'),
      unused: Number(result === 'unused'),
    }
    try {
      const reporting = world.breaker(connector).report(breaker, report)
      const { transitions } = await withDeadline(reporting, DURABLE_OBJECT_DEADLINE_MS, 'the circuit breaker')
      for (const transition of transitions) tools.emit(transitionEvent(connector, transition))
    } catch (error) {
      tools.emit({ type: 'breaker.unavailable', data: { connector, lostReport: true, error: errorMessage(error) } })
    }
  }
}

const EVENT_OF: Record<BreakerTransition['to'], EventType> = {
  open: 'breaker.opened',
  'half-open': 'breaker.half_opened',
  closed: 'breaker.closed',
}

function transitionEvent(connector: string, { from, to, at }: BreakerTransition): Omit<LogEvent, 'jobId'> {
  return { type: EVENT_OF[to], data: { connector, from, at } }
}
