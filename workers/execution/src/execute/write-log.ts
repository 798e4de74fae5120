import { errorMessage } from '@orchestrator/shared/core/errors'
import type { EventType } from '@orchestrator/shared/contracts/events'
import { attemptRecord } from '@orchestrator/shared/policy/attempt-record'
import { settleAll } from '../gates/settle-all.ts'
import type { ExecuteDeps, LogRow } from './deps.ts'
import type { Ran, Work } from './run-call.ts'

/** These tell of the connector, not of the request, and are rare: they are kept even where nothing was called. */
const OF_THE_CONNECTOR: readonly EventType[] = [
  'breaker.opened',
  'breaker.half_opened',
  'breaker.closed',
  'connector.failing',
  'connector.auto_paused',
]

/**
 * Writes the attempts of a run into the log, each a row, with the events on the way. A request that was refused before it
 * called writes none: the refusals of an outage would fill the database. Never throws: the answer does not depend on it.
 */
export async function writeLog(deps: ExecuteDeps, work: Work, ran: Ran): Promise<void> {
  try {
    await settleAll(ran.kept)
    const rows = logRows(work, ran, deps.now())
    if (rows.length > 0) await deps.writeLog(work.target.connector.id, rows)
  } catch (error) {
    deps.logger.log('warn', 'the log of a call could not be written', { cause: errorMessage(error) })
  }
}

export function logRows({ requestId, client, traceparent }: Work, { made, events }: Ran, now: number): LogRow[] {
  const called = made.some(({ call }) => call.end.kind !== 'config')
  const rows = (called ? made : []).map(({ call, attempt, trace }): LogRow => {
    const record = attemptRecord(call, { attempt, generation: 1, requestId, client: client.id })
    return { at: now, trace, attempt: record, events: [] }
  })
  const last = rows.pop()
  if (last) return [...rows, { ...last, events }]
  const kept = events.filter(({ type }) => OF_THE_CONNECTOR.includes(type))
  return kept.length > 0 ? [{ at: now, trace: traceparent, attempt: null, events: kept }] : []
}
