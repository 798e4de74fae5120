import { EVENT_COLUMNS, JOB_COLUMNS, selectList } from '../db/columns.ts'
import type { EventRow, JobRow } from '../db/data-schema.ts'
import type { Condition } from '../lists/filters.ts'

/** What a list shows: neither input nor result, though when the result expires. */
const SUMMARY_COLUMNS = [
  'id',
  'state',
  'connector',
  'operation',
  'queue',
  'orderingKey',
  'createdAt',
  'dueAt',
  'finishedAt',
  'generation',
  'lastError',
  'client',
  'callback',
  'parentId',
  'resultTtlMs',
] as const satisfies readonly (keyof JobRow)[]
export type ClientJobSummary = Pick<JobRow, (typeof SUMMARY_COLUMNS)[number]>

const READ_JOB = `SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE id = ?1 AND client = ?2`
const READ_ATTEMPTS = `SELECT ${selectList(EVENT_COLUMNS, 'e')} FROM jobs AS j JOIN json_each(j.log) AS l
  JOIN events AS e ON e.seq = l.value WHERE j.id = ?1 AND j.client = ?2 AND e.kind = 'attempt' AND e.job_id = j.id ORDER BY e.seq`

/** A job of this client with its attempts, oldest first; `undefined` where there is none, or it is another's. */
export async function readClientJob(
  db: D1Database,
  client: string,
  id: string,
): Promise<{ row: JobRow; attempts: EventRow[] } | undefined> {
  const [jobs, attempts] = await db.batch([READ_JOB, READ_ATTEMPTS].map((sql) => db.prepare(sql).bind(id, client)))
  const row = (jobs?.results as JobRow[] | undefined)?.[0]
  return row && { row, attempts: (attempts?.results ?? []) as EventRow[] }
}

/** Ids of one shard between which a page lies; both ends excluded. Ids sort by time. */
export interface IdRange {
  above: string
  below: string
}

/** The index `jobs_client` leads to each row. */
const IN_RANGE = 'client = ? AND client IS NOT NULL AND id > ? AND id < ? ORDER BY id DESC LIMIT ?'

/** Jobs of a client, newest first. */
export async function readClientJobs(
  db: D1Database,
  client: string,
  { above, below }: IdRange,
  limit: number,
): Promise<ClientJobSummary[]> {
  const sql = `SELECT ${selectList(SUMMARY_COLUMNS)} FROM jobs WHERE ${IN_RANGE}`
  return (await db.prepare(sql).bind(client, above, below, limit).all<ClientJobSummary>()).results
}

/** The same ids, each with whether the condition lets the job through. */
export async function lookAtClientJobs(
  db: D1Database,
  client: string,
  condition: Condition,
  { above, below }: IdRange,
  limit: number,
): Promise<{ key: string; hit: boolean }[]> {
  const sql = `SELECT id, (${condition.sql}) AS hit FROM jobs WHERE ${IN_RANGE}`
  const rows = await db
    .prepare(sql)
    .bind(...condition.values, client, above, below, limit)
    .all<{ id: string; hit: number }>()
  return rows.results.map(({ id, hit }) => ({ key: id, hit: hit === 1 }))
}

/** Jobs by their ids, newest first. */
export async function readClientJobsById(db: D1Database, client: string, ids: readonly string[]): Promise<ClientJobSummary[]> {
  const sql = `SELECT ${selectList(SUMMARY_COLUMNS)} FROM jobs
    WHERE id IN (SELECT value FROM json_each(?1)) AND client = ?2 ORDER BY id DESC`
  return (await db.prepare(sql).bind(JSON.stringify(ids), client).all<ClientJobSummary>()).results
}
