import type { Attempt } from '@orchestrator/shared/contracts/control-api'
import { attemptRecord } from '@orchestrator/shared/contracts/jobs'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { logId } from '@orchestrator/shared/core/ids'
import type { EventRow } from '@orchestrator/shared/db/data-schema'
import { toTime } from '@orchestrator/shared/core/time'

/** The start of the upstream's answer, as an attempt keeps it. */
export function excerptOf({ attempt }: Pick<EventRow, 'attempt'>): string | null {
  return attempt === null ? null : attemptRecord.parse(JSON.parse(attempt)).responseExcerpt
}

/** The attempt that a row of the log is; `undefined` when it is none. What the upstream answered is not among it: that is a payload. */
export function toAttempt(row: EventRow, shard: number): Attempt | undefined {
  if (row.kind !== 'attempt' || row.attempt === null) return undefined
  const { requestId = null, client = null, responseExcerpt, ...record } = attemptRecord.parse(JSON.parse(row.attempt))
  return {
    ...record,
    responseBytes: responseExcerpt === null ? null : utf8(responseExcerpt).byteLength,
    requestId,
    client,
    id: logId('att', shard, row.seq),
    jobId: row.jobId,
    connector: row.connector ?? '',
    startedAt: toTime(record.startedAt),
    trace: row.trace,
  }
}
