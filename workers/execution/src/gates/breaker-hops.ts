import type { BreakerGrant, BreakerTransition } from '@orchestrator/shared/contracts/breaker'
import type { EventType, LogEvent } from '@orchestrator/shared/contracts/events'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { type BreakerView, learn, takePending } from './breaker-view.ts'
import { BREAKER_FRESH_MS, DURABLE_OBJECT_DEADLINE_MS, MAX_TELLS } from './constants.ts'
import type { GateTools } from './gates.ts'
import { askInTime } from './outage.ts'
import { breakerOf } from './state.ts'
import type { GatesRoom } from './world.ts'

/** Under which outages of a breaker are noted. */
export function breakerOutage(connector: string): string {
  return `breaker/${connector}`
}

/** One hop: tells what the breaker does not know yet, asks for `count` calls, and takes the answer. Throws when it is away. */
export async function askBreaker(
  room: GatesRoom,
  connector: string,
  policy: Policy,
  count: number,
  tools: GateTools,
): Promise<BreakerGrant> {
  const { state, world } = room
  const view = breakerOf(state, connector)
  const settings = policy.circuitBreaker
  if (!settings) throw new Error(`policy ${policy.id} has no circuit breaker`)
  const reports = takePending(view)
  const { resetAt } = view
  const startedAt = world.now()
  view.toldAt = startedAt
  try {
    const answer = await askInTime(room, breakerOutage(connector), 'the circuit breaker', () =>
      world.breaker(connector).acquire(settings, count, reports, resetAt),
    )
    learn(view, answer, { count, startedAt, resetAt }, world.now())
    for (const transition of answer.transitions) tools.emit(transitionEvent(connector, transition))
    if (answer.failingSince !== null) tools.onFailing?.(connector, policy, answer.failingSince)
    return answer.grant
  } catch (error) {
    // Whether it took them is unknown, and twice would count double.
    if (reports.length > 0) {
      tools.emit({ type: 'breaker.unavailable', data: { connector, lostReport: true, error: errorMessage(error) } })
    }
    throw error
  }
}

/**
 * Tells the breaker what it does not know, and refreshes what is known of it, while nobody waits. One such hop is under way at a
 * time; failures that are noted meanwhile go with the next, which follows at once. After some hops another invocation goes on:
 * one that told for all of them would never end, and use up the subrequests that its own work needs.
 */
export async function tellBreaker(room: GatesRoom, connector: string, policy: Policy, tools: GateTools): Promise<void> {
  const { state, world } = room
  const view = breakerOf(state, connector)
  if (view.tellingUntil > world.now()) return
  try {
    for (let hops = 0; hops === 0 || (hops < MAX_TELLS && isUrgent(view)); hops++) {
      view.tellingUntil = world.now() + DURABLE_OBJECT_DEADLINE_MS
      await askBreaker(room, connector, policy, 0, tools)
    }
  } catch {
    // What is lost was told by an event; what is known lapses by itself.
  } finally {
    view.tellingUntil = 0
  }
}

/** Whether something waits to be told that should not: failures, results of trials, a success where all seemed to fail. */
export function isUrgent(view: BreakerView): boolean {
  const generation = view.known?.state === 'closed' ? view.known.generation : null
  return view.pending.some(
    (report) => report.failures > 0 || report.generation !== generation || (view.failing && report.successes > 0),
  )
}

/** Whether results have waited long enough to be told, urgent or not. */
export function isDue(view: BreakerView, now: number): boolean {
  return view.pending.length > 0 && (isUrgent(view) || now - view.toldAt >= BREAKER_FRESH_MS)
}

const EVENT_OF: Record<BreakerTransition['to'], EventType> = {
  open: 'breaker.opened',
  'half-open': 'breaker.half_opened',
  closed: 'breaker.closed',
}

function transitionEvent(connector: string, { to, ...how }: BreakerTransition): Omit<LogEvent, 'jobId'> {
  return { type: EVENT_OF[to], data: { connector, ...how } }
}
