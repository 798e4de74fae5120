import type { JobSummary, JobView } from '../contracts/execution-api.ts'
import { attemptRecord } from '../contracts/jobs.ts'
import { toTime, toTimeOrNull } from '../core/time.ts'
import type { EventRow, JobRow } from '../db/data-schema.ts'
import type { ClientJobSummary } from './client-jobs.ts'
import { shownOrderingKey } from './ordering-key.ts'

/** A job as its client sees it in a list. */
export function toJobSummary(row: ClientJobSummary): JobSummary {
  const expiresAt = row.state === 'succeeded' ? resultExpiresAt(row) : null
  return {
    id: row.id,
    status: row.state,
    connector: row.connector,
    operation: row.operation,
    queue: row.queue,
    orderingKey: shownOrderingKey(row.client ?? '', row.orderingKey),
    createdAt: toTime(row.createdAt),
    dueAt: toTime(row.dueAt),
    finishedAt: toTimeOrNull(row.finishedAt),
    generation: row.generation,
    lastError: row.lastError,
    resultExpiresAt: toTimeOrNull(expiresAt),
    callbackJobId: callbackJobId(row.callback),
    parentId: row.parentId,
  }
}

/** A job as its client sees it. A result whose time is over is not shown, whether or not it is still kept. */
export function toJobView(row: JobRow, attempts: readonly EventRow[], now: number): JobView {
  const expiresAt = resultExpiresAt(row)
  const readable = row.result !== null && expiresAt !== null && now < expiresAt
  return {
    ...toJobSummary(row),
    attempts: attempts.flatMap(toAttempt),
    result: readable ? (JSON.parse(row.result ?? 'null') as JobView['result']) : null,
  }
}

function resultExpiresAt({ finishedAt, resultTtlMs }: Pick<JobRow, 'finishedAt' | 'resultTtlMs'>): number | null {
  return finishedAt === null ? null : finishedAt + (resultTtlMs ?? 0)
}

function toAttempt(row: EventRow): JobView['attempts'] {
  if (row.attempt === null) return []
  const record = attemptRecord.parse(JSON.parse(row.attempt))
  const { attempt, generation, durationMs, outcome, status, error } = record
  return [{ attempt, generation, startedAt: toTime(record.startedAt), durationMs, outcome, status, error }]
}

/** Of the last end; a job that was replayed and ends again tells it anew. */
function callbackJobId(callback: string | null): string | null {
  return callback === null ? null : ((JSON.parse(callback) as { jobId?: string }).jobId ?? null)
}
