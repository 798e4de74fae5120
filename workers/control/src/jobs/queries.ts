import { EVENT_COLUMNS, JOB_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { EventRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { AHEAD } from '@orchestrator/shared/jobs/ordering'
import { JOB_IDS_OF_WEBHOOK } from '../inbox/queries.ts'
import type { Condition } from '@orchestrator/shared/lists/filters'

/** What a list shows: neither input nor result. */
export const SUMMARY_COLUMNS = [
  'id',
  'state',
  'generation',
  'queue',
  'inboxId',
  'route',
  'connector',
  'operation',
  'policy',
  'attempts',
  'dueAt',
  'createdAt',
  'finishedAt',
  'lastError',
] as const
export type JobSummaryRow = Pick<JobRow, (typeof SUMMARY_COLUMNS)[number]>

/** A job, and what it waits for ({@link AHEAD}). */
export type FoundJob = JobRow & { ahead: string | null }

export function findJob(db: D1Database, id: string): Promise<FoundJob | null> {
  return db
    .prepare(`SELECT ${selectList(JOB_COLUMNS, 'j')}, ${AHEAD} AS ahead FROM jobs AS j WHERE j.id = ?`)
    .bind(id)
    .first<FoundJob>()
}

/** A job that does not move, and why that is thought of it. */
export type StuckRow = JobSummaryRow & Pick<JobRow, 'leaseUntil' | 'wakeAt' | 'resends'> & { why: 'lease_ended' | 'overdue' }

/**
 * Among the jobs of a queue that the sweep is to look at first, those whose lease ended before a time (ms), or that it should have
 * looked at before that time. Reads no more rows than `limit`, by the index `jobs_wake`, and says how many.
 */
export async function findStuck(
  db: D1Database,
  queue: string,
  before: number,
  limit: number,
): Promise<{ rows: StuckRow[]; looked: number }> {
  const columns = [...SUMMARY_COLUMNS, 'leaseUntil', 'wakeAt', 'resends'] as const
  const found = await db
    .prepare(
      `SELECT ${selectList(columns)}, CASE WHEN state = 'running' AND lease_until < ?2 THEN 'lease_ended'
        WHEN wake_at < ?2 THEN 'overdue' END AS why
      FROM jobs INDEXED BY jobs_wake WHERE queue = ?1 AND wake_at IS NOT NULL ORDER BY wake_at LIMIT ?3`,
    )
    .bind(queue, before, limit)
    .all<Omit<StuckRow, 'why'> & { why: StuckRow['why'] | null }>()
  const rows = found.results.filter((row): row is StuckRow => row.why !== null)
  return { rows, looked: found.results.length }
}

/** The rows of the log that a job's own list of sequences names, oldest first. */
export async function readLogOfJob(db: D1Database, id: string): Promise<EventRow[]> {
  const found = await db
    .prepare(
      `SELECT ${selectList(EVENT_COLUMNS, 'e')} FROM events AS e
      WHERE e.seq IN (SELECT l.value FROM jobs AS j JOIN json_each(j.log) AS l WHERE j.id = ?) ORDER BY e.seq`,
    )
    .bind(id)
    .all<EventRow>()
  return found.results
}

/** The jobs a webhook made, by its own log; there are as many as it matched routes. */
export async function findSummariesOfWebhook(
  db: D1Database,
  inboxId: string,
  condition: Condition | null,
  before: string,
  limit: number,
): Promise<JobSummaryRow[]> {
  const found = await db
    .prepare(
      `SELECT ${selectList(SUMMARY_COLUMNS)} FROM jobs
      WHERE id IN (${JOB_IDS_OF_WEBHOOK}) AND id < ?2 AND (${numbered(condition, 4)}) ORDER BY id DESC LIMIT ?3`,
    )
    .bind(inboxId, before, limit, ...(condition?.values ?? []))
    .all<JobSummaryRow>()
  return found.results
}

/** The condition with its parameters numbered from `first`. */
function numbered(condition: Condition | null, first: number): string {
  let next = first
  return condition ? condition.sql.replaceAll('?', () => `?${next++}`) : 'true'
}
