import { MAX_QUEUE_DELAY_MS } from '../contracts/queue.ts'
import type { JobRow } from '../db/data-schema.ts'

/** What is chosen about a new job; the rest of its row is the same for all. Times in ms. */
export type NewJob = Pick<
  JobRow,
  | 'id'
  | 'state'
  | 'queue'
  | 'inboxId'
  | 'provider'
  | 'route'
  | 'connector'
  | 'operation'
  | 'input'
  | 'configRevision'
  | 'policy'
  | 'orderingKey'
  | 'dueAt'
  | 'createdAt'
  | 'trace'
  | 'client'
  | 'callback'
  | 'parentId'
  | 'resultTtlMs'
  | 'inputKey'
  | 'onDeath'
>

/** A job's row before its first attempt, without what only the database knows. */
export function newJobRow(
  job: NewJob,
  { now, resendGraceMs }: { now: number; resendGraceMs: number },
): Omit<JobRow, 'log' | 'n'> {
  // What waits longer than a queue can is brought by the sweep, which then is not to be late.
  const graceMs = job.dueAt - now > MAX_QUEUE_DELAY_MS ? 0 : resendGraceMs
  return {
    ...job,
    generation: 1,
    attempts: 0,
    lostLeases: 0,
    nativeDeaths: 0,
    token: null,
    leaseUntil: null,
    wakeAt: job.dueAt + graceMs,
    resends: 0,
    firstStartedAt: null,
    finishedAt: null,
    lastError: null,
    result: null,
    onDeath: job.orderingKey === null ? null : job.onDeath,
    keyGeneration: null,
    bulkId: null,
  }
}
