import { DEAD_LETTER_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { DeadLetterRow } from '@orchestrator/shared/db/data-schema'
import type { Condition } from '@orchestrator/shared/lists/filters'
import type { Among, Wanted } from './wanted.ts'

const COLUMNS = selectList(DEAD_LETTER_COLUMNS)

/** Where a dead letter stands among the others: time of death, then the primary key. */
export type Key = [diedAt: number, jobId: string, generation: number]

const ABOVE_ALL: Key = [Number.MAX_SAFE_INTEGER, '~', Number.MAX_SAFE_INTEGER]
const BELOW = '(died_at, job_id, generation) < (?, ?, ?)'
const ORDER = 'died_at DESC, job_id DESC, generation DESC'

/** Without statistics SQLite may take another index than the one that gives the order. */
const from = ({ index, where }: Among): string => `dead_letters INDEXED BY ${index} WHERE ${where.sql}`

/** Where a walk begins: below everything that died at `until` or later. */
const first = ({ until }: Among): Key => (until === null ? ABOVE_ALL : [until, '', 0])

/** What stands after `FROM` for the dead letters below a key, or for all of them. */
export function rowsOf(among: Among, after: Key | null): Condition {
  return { sql: `${from(among)} AND ${BELOW}`, values: [...among.where.values, ...(after ?? first(among))] }
}

export function keyOf(row: Pick<DeadLetterRow, 'diedAt' | 'jobId' | 'generation'>): Key {
  return [row.diedAt, row.jobId, row.generation]
}

/** The next dead letters, newest first, straight from an index. */
export async function readDeadLetters(db: D1Database, among: Among, after: Key | null, limit: number): Promise<DeadLetterRow[]> {
  const rows = rowsOf(among, after)
  const found = await db
    .prepare(`SELECT ${COLUMNS} FROM ${rows.sql} ORDER BY ${ORDER} LIMIT ?`)
    .bind(...rows.values, limit)
    .all<DeadLetterRow>()
  return found.results
}

/** The keys of the next dead letters, each with whether the condition lets it through. */
export async function lookAtDeadLetters(
  db: D1Database,
  among: Among,
  condition: Condition,
  after: Key | null,
  limit: number,
): Promise<{ key: Key; hit: boolean }[]> {
  const rows = rowsOf(among, after)
  const found = await db
    .prepare(
      `SELECT died_at AS diedAt, job_id AS jobId, generation, (${condition.sql}) AS hit FROM ${rows.sql} ORDER BY ${ORDER} LIMIT ?`,
    )
    .bind(...condition.values, ...rows.values, limit)
    .all<{ diedAt: number; jobId: string; generation: number; hit: number }>()
  return found.results.map((row) => ({ key: keyOf(row), hit: row.hit === 1 }))
}

/** Dead letters by key, newest first. */
export async function readDeadLettersByKey(db: D1Database, keys: readonly Key[]): Promise<DeadLetterRow[]> {
  const found = await db
    .prepare(
      `SELECT ${COLUMNS} FROM dead_letters WHERE (job_id, generation) IN
      (SELECT value ->> 1, value ->> 2 FROM json_each(?)) ORDER BY ${ORDER}`,
    )
    .bind(JSON.stringify(keys))
    .all<DeadLetterRow>()
  return found.results
}

export function findDeadLetter(db: D1Database, jobId: string, generation: number): Promise<DeadLetterRow | null> {
  return db
    .prepare(`SELECT ${COLUMNS} FROM dead_letters WHERE job_id = ? AND generation = ?`)
    .bind(jobId, generation)
    .first<DeadLetterRow>()
}

/** How many dead letters are open, up to a cap. */
export async function countOpenDeadLetters(db: D1Database, cap: number): Promise<number> {
  const sql = "SELECT count(*) AS n FROM (SELECT 1 FROM dead_letters WHERE status = 'open' LIMIT ?)"
  return (await db.prepare(sql).bind(cap).first<number>('n')) ?? 0
}

/** Open dead letters of one error. */
export interface GroupRow {
  fingerprint: string
  class: DeadLetterRow['class']
  connector: string | null
  error: string
  count: number
  firstDiedAt: number
  lastDiedAt: number
}

/**
 * The newest of what is wanted by their fingerprint, the most frequent first, and how many were looked at. No more than `budget`
 * rows and `limit` groups; those of older releases have no fingerprint and stand in no group.
 */
export async function groupDeadLetters(
  db: D1Database,
  { among, condition }: Wanted,
  { budget, limit }: { budget: number; limit: number },
): Promise<{ looked: number; groups: GroupRow[] }> {
  const rows = rowsOf(among, null)
  // What is not wanted makes one group, so that all that were looked at are counted on the way.
  const sql = `SELECT iif(hit, fingerprint, NULL) AS fingerprint, class, connector, error, count(*) AS count,
      min(died_at) AS firstDiedAt, max(died_at) AS lastDiedAt, sum(count(*)) OVER () AS looked
    FROM (SELECT fingerprint, class, connector, error, died_at, (${condition?.sql ?? 'true'}) AS hit
      FROM ${rows.sql} ORDER BY ${ORDER} LIMIT ?)
    GROUP BY 1 ORDER BY fingerprint IS NULL DESC, count DESC LIMIT ?`
  const values = [...(condition?.values ?? []), ...rows.values, budget, limit + 1]
  const found = await db
    .prepare(sql)
    .bind(...values)
    .all<Omit<GroupRow, 'fingerprint'> & { fingerprint: string | null; looked: number }>()
  const groups = found.results.flatMap(({ looked: _looked, fingerprint, ...group }) =>
    fingerprint === null ? [] : [{ ...group, fingerprint }],
  )
  return { looked: found.results[0]?.looked ?? 0, groups: groups.slice(0, limit) }
}

/** Who closed a dead letter of a job: the newest event that says so. ?1 job, ?2 generation. */
const CLOSING = `SELECT e.at, v.value ->> '$.type' AS type, v.value -> '$.data' AS data FROM jobs AS j JOIN json_each(j.log) AS l
  JOIN events AS e ON e.seq = l.value JOIN json_each(e.events) AS v
  WHERE j.id = ?1 AND coalesce(v.value ->> '$.jobId', e.job_id) = j.id
    AND (v.value ->> '$.type' IN ('job.replayed', 'job.revived') AND v.value ->> '$.data.fromGeneration' = ?2
      OR v.value ->> '$.type' = 'dead_letter.discarded' AND v.value ->> '$.data.generation' = ?2)
  ORDER BY e.seq DESC LIMIT 1`

/** The event that tells who closed a dead letter; null where no job has kept it. */
export function findClosing(
  db: D1Database,
  jobId: string,
  generation: number,
): Promise<{ at: number; type: string; data: string } | null> {
  return db.prepare(CLOSING).bind(jobId, generation).first()
}
