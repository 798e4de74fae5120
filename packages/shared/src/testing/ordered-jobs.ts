import type { JobRow } from '../db/data-schema.ts'
import { claimJobs } from '../jobs/claim.ts'
import { finishJobs, type JobFinish } from '../jobs/finish.ts'
import { insertRows, jobRow } from './data-rows.ts'

let tokens = 0

/** The same database, which counts the rows that its batches write. */
export function countingRows(db: D1Database): { db: D1Database; take(): number } {
  let rows = 0
  const counting = {
    prepare: (sql: string) => db.prepare(sql),
    async batch(statements: D1PreparedStatement[]) {
      const results = await db.batch(statements)
      for (const { meta } of results) rows += meta.rows_written
      return results
    },
  } as unknown as D1Database
  return {
    db: counting,
    take() {
      const taken = rows
      rows = 0
      return taken
    },
  }
}

/** What tests of ordering keys do with jobs; times in ms. */
export function orderedJobs(db: D1Database, at: number, graceMs: number) {
  const ends = {
    succeed: { event: 'succeed', dueAt: null, wakeAt: null, death: null },
    die: { event: 'die', dueAt: null, wakeAt: null, death: { class: 'timeout', error: 'no' } },
    retry: { event: 'retry', dueAt: at + 5_000, wakeAt: at + 20_000, death: null },
    hold: { event: 'hold', dueAt: at, wakeAt: at + graceMs, death: null },
  } satisfies Record<string, Partial<JobFinish>>

  /** The end of a claimed job as its consumer would write it. */
  const endOf = (job: JobRow, end: keyof typeof ends, ordered = true): JobFinish => ({
    jobId: job.id,
    ordered,
    attempt: null,
    events: [],
    trace: '',
    lastError: null,
    result: null,
    callbackId: null,
    ...ends[end],
  })

  return {
    endOf,
    /** Jobs of one new key, in order. */
    line: async (count: number, changes: Partial<JobRow> = {}): Promise<JobRow[]> => {
      const orderingKey = `key-${crypto.randomUUID()}`
      const jobs = Array.from({ length: count }, (_, i) => jobRow({ orderingKey, n: 100 + i, ...changes }))
      await insertRows(db, 'jobs', ...jobs)
      return jobs
    },
    claim: async (jobs: readonly JobRow[], now = at, generation = 1) => {
      const token = `t${++tokens}`
      const requests = jobs.map(({ id }) => ({ jobId: id, generation }))
      const results = await claimJobs(db, requests, { token, now, attemptMs: 5_000 })
      return { token, outcomes: jobs.map(({ id }) => results.get(id)?.outcome) }
    },
    finish: (job: JobRow, token: string, end: keyof typeof ends, now = at) =>
      finishJobs(db, [endOf(job, end)], { token, now, graceMs }),
    readJob: (job: Pick<JobRow, 'id'>) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(job.id).first(),
  }
}
