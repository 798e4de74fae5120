import type { Attempt } from '@orchestrator/shared/contracts/control-api'
import { attemptRecord } from '@orchestrator/shared/contracts/jobs'
import { logId } from '@orchestrator/shared/core/ids'
import type { EventRow } from '@orchestrator/shared/db/data-schema'
import { toTime } from '@orchestrator/shared/core/time'

/** The attempt that a row of the log is; `undefined` when it is none. */
export function toAttempt(row: EventRow, shard: number): Attempt | undefined {
  if (row.kind !== 'attempt' || row.attempt === null) return undefined
  const { requestId = null, client = null, ...record } = attemptRecord.parse(JSON.parse(row.attempt))
  return {
    ...record,
    requestId,
    client,
    id: logId('att', shard, row.seq),
    jobId: row.jobId,
    connector: row.connector ?? '',
    startedAt: toTime(record.startedAt),
    trace: row.trace,
  }
}
