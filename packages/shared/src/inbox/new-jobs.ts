import type { LogEvent } from '../contracts/events.ts'
import { columnList, JOB_COLUMNS } from '../db/columns.ts'
import type { JobRow } from '../db/data-schema.ts'
import { newJobRow } from '../jobs/new-row.ts'
import { PLACES_PER_BATCH } from '../jobs/ordering.ts'
import type { AcceptedJob } from './accepted.ts'

/** What the jobs of one webhook have in common. */
export interface JobsOf {
  inboxId: string
  provider: string
  configRevision: number
  trace: string
  /** Delays count from here, ms. */
  createdAt: number
  resendGraceMs: number
}

/**
 * Inserts jobs, once: ?1 = their rows as JSON ({@link jobRow}), ?2 = their webhook, `seq` = SQL of the log's row that tells of
 * them: it places ordered jobs behind all that came before.
 */
export function insertJobs(seq: string, condition = 'TRUE'): string {
  const values = JOB_COLUMNS.map((column) => {
    if (column === 'log') return `json_array(${seq})`
    if (column !== 'n') return `job.value ->> '$.${column}'`
    return `iif(job.value ->> '$.orderingKey' IS NULL, NULL, ${seq} * ${PLACES_PER_BATCH} + job.key)`
  })
  return `INSERT OR IGNORE INTO jobs (${columnList(JOB_COLUMNS)})
SELECT ${values.join(', ')} FROM json_each(?1) AS job, inbox WHERE inbox.id = ?2 AND ${condition}`
}

/** No attempt before this time, ms. */
export function dueAtOf(job: Pick<AcceptedJob, 'delaySeconds'>, createdAt: number, now: number): number {
  return Math.max(now, createdAt + job.delaySeconds * 1_000)
}

/** A job's row without what only the database knows. */
export function jobRow(of: JobsOf, job: AcceptedJob, now: number): Omit<JobRow, 'log' | 'n'> {
  const { delaySeconds: _delaySeconds, ...chosen } = job
  const { inboxId, provider, configRevision, trace, createdAt, resendGraceMs } = of
  const dueAt = dueAtOf(job, createdAt, now)
  // Its input is mapped from the webhook when it is worked.
  const none = { input: null, inputKey: null, client: null, callback: null, parentId: null, resultTtlMs: null }
  return newJobRow({ ...chosen, ...none, inboxId, provider, configRevision, trace, createdAt, dueAt }, { now, resendGraceMs })
}

/** The first event of a job. */
export function jobStartedEvent({ id, state, route, connector, queue, delaySeconds, orderingKey }: AcceptedJob): LogEvent {
  return {
    type: `job.${state}`,
    jobId: id,
    data: {
      route,
      connector,
      queue,
      ...(delaySeconds > 0 ? { delayMs: delaySeconds * 1_000 } : {}),
      ...(orderingKey === null ? {} : { orderingKey }),
    },
  }
}
