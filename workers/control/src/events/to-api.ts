import type { Event } from '@orchestrator/shared/contracts/control-api'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { logId } from '@orchestrator/shared/core/ids'
import type { EventRow } from '@orchestrator/shared/db/data-schema'
import { toTime } from '@orchestrator/shared/core/time'

/** The events that a row of the log carries, in the order in which they happened. */
export function toEvents(row: EventRow, shard: number): Event[] {
  const events = JSON.parse(row.events) as LogEvent[]
  return events.map((event, index) => ({
    id: logId('evt', shard, row.seq, index),
    type: event.type,
    at: toTime(row.at),
    provider: row.provider,
    connector: row.connector,
    inboxId: row.inboxId,
    jobId: event.jobId ?? row.jobId,
    trace: row.trace,
    data: event.data ?? {},
  }))
}
