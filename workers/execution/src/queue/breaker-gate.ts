import type { BreakerGrant, BreakerTransition, CircuitBreakerRpc } from '@orchestrator/shared/contracts/breaker'
import type { BreakerOverride } from '@orchestrator/shared/contracts/config'
import type { EventType, LogEvent } from '@orchestrator/shared/contracts/events'
import type { CircuitBreakerPolicy } from '@orchestrator/shared/contracts/policy'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { BreakerGate } from '@orchestrator/shared/policy/types'
import { DURABLE_OBJECT_DEADLINE_MS, UNAVAILABLE_RETRY_MS } from './constants.ts'

export interface BatchBreaker {
  /** The gate of one job; `emit` takes the events that its asking brings about. */
  gate(policy: CircuitBreakerPolicy | null, emit: (event: Omit<LogEvent, 'jobId'>) => void): BreakerGate
  /** Tells the results of the whole batch; answers the events of what they brought about. */
  close(): Promise<Omit<LogEvent, 'jobId'>[]>
}

type Asked = { grant: BreakerGrant; policy: CircuitBreakerPolicy; tracked: boolean }

/**
 * The breaker of one connector for one batch: asked once, by the first job that needs it, for `count` jobs: all that no pause
 * holds; told once, at the end, also of the permits that were granted and not used, which it takes back.
 * An operator's override wins and needs no Durable Object. One that cannot be asked lets pass or refuses, as the policy says.
 */
export function createBatchBreaker(
  connector: string,
  count: number,
  override: BreakerOverride['state'] | undefined,
  stub: () => CircuitBreakerRpc,
): BatchBreaker {
  let asking: Promise<Asked> | undefined
  let taken = 0
  const results = { success: 0, failure: 0, unused: 0 }

  const ask = async (policy: CircuitBreakerPolicy, emit: (event: Omit<LogEvent, 'jobId'>) => void): Promise<Asked> => {
    const untracked = (permits: number, retryAfterMs: number): Asked => ({
      grant: { state: permits > 0 ? 'closed' : 'open', generation: 0, permits, retryAfterMs },
      policy,
      tracked: false,
    })
    if (override) return override === 'closed' ? untracked(count, 0) : untracked(0, policy.openMs)
    try {
      const acquiring = stub().acquire(policy, count)
      const { grant, transitions } = await withDeadline(acquiring, DURABLE_OBJECT_DEADLINE_MS, 'the circuit breaker')
      for (const transition of transitions) emit(transitionEvent(connector, transition))
      return { grant, policy, tracked: true }
    } catch (error) {
      const { onUnavailable } = policy
      emit({ type: 'breaker.unavailable', data: { connector, decision: onUnavailable, error: errorMessage(error) } })
      return onUnavailable === 'failOpen' ? untracked(count, 0) : untracked(0, UNAVAILABLE_RETRY_MS)
    }
  }

  return {
    gate: (policy, emit) => ({
      async enter() {
        if (!policy) return { allowed: true, settle: () => undefined }
        asking ??= ask(policy, emit)
        const { grant } = await asking
        if (taken >= grant.permits) return { allowed: false, retryAfterMs: grant.retryAfterMs }
        taken++
        return { allowed: true, settle: (result) => void results[result]++ }
      },
    }),
    async close() {
      const asked = await asking
      if (!asked?.tracked || asked.grant.permits === 0) return []
      const { grant, policy } = asked
      const report = {
        generation: grant.generation,
        successes: results.success,
        failures: results.failure,
        unused: grant.permits - results.success - results.failure,
      }
      try {
        const reporting = stub().report(policy, report)
        const { transitions } = await withDeadline(reporting, DURABLE_OBJECT_DEADLINE_MS, 'the circuit breaker')
        return transitions.map((transition) => transitionEvent(connector, transition))
      } catch (error) {
        return [{ type: 'breaker.unavailable', data: { connector, lostReport: true, error: errorMessage(error) } }]
      }
    },
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
