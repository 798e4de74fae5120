import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { DURABLE_OBJECT_DEADLINE_MS, UNAVAILABLE_FOR_MS, UNAVAILABLE_RETRY_MS } from './constants.ts'
import type { GateTools } from './gates.ts'
import { type Outage, remember } from './state.ts'
import type { GatesRoom } from './world.ts'

/** Asks a Durable Object; one that fails or is slow is noted, and left alone for a while. */
export async function askInTime<T>(room: GatesRoom, outageKey: string, what: string, ask: () => Promise<T>): Promise<T> {
  const { state, world } = room
  try {
    const answer = await (world.deadline ?? withDeadline)(ask(), DURABLE_OBJECT_DEADLINE_MS, what)
    state.outages.delete(outageKey)
    return answer
  } catch (error) {
    noteOutage(room, outageKey, errorMessage(error))
    throw error
  }
}

/** Remembers that it cannot be asked. */
export function noteOutage({ state, world }: GatesRoom, outageKey: string, error: string): Outage {
  const outage = { until: world.now() + UNAVAILABLE_FOR_MS, error, told: false }
  return remember(state.outages, outageKey, outage)
}

/** The outage that spares a call the asking. */
export function currentOutage({ state, world }: GatesRoom, outageKey: string): Outage | undefined {
  const outage = state.outages.get(outageKey)
  return outage && outage.until > world.now() ? outage : undefined
}

/** What the policy decides without an answer. One event for each outage, not for each call. */
export function decideWithout(
  outage: Outage,
  onUnavailable: 'failOpen' | 'failClosed',
  event: LogEvent,
  tools: GateTools,
): { allowed: true } | { allowed: false; retryAfterMs: number } {
  if (!outage.told) {
    outage.told = true
    tools.emit({ ...event, data: { ...event.data, decision: onUnavailable, error: outage.error } })
  }
  return onUnavailable === 'failOpen' ? { allowed: true } : { allowed: false, retryAfterMs: UNAVAILABLE_RETRY_MS }
}
