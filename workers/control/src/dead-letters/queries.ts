import { DEAD_LETTER_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { DeadLetterRow } from '@orchestrator/shared/db/data-schema'
import type { Condition } from '@orchestrator/shared/lists/filters'

const COLUMNS = selectList(DEAD_LETTER_COLUMNS)

/** Where a dead letter stands among the others: time of death, then the primary key. */
export type Key = [diedAt: number, jobId: string, generation: number]

const ABOVE_ALL: Key = [Number.MAX_SAFE_INTEGER, '~', Number.MAX_SAFE_INTEGER]
const BELOW = '(died_at, job_id, generation) < (?, ?, ?)'
const ORDER = 'died_at DESC, job_id DESC, generation DESC'

/** Only the open ones have an index of their own; its condition must stand in the statement literally. */
const among = (onlyOpen: boolean): string => `dead_letters WHERE ${onlyOpen ? "status = 'open' AND " : ''}`

export function keyOf(row: Pick<DeadLetterRow, 'diedAt' | 'jobId' | 'generation'>): Key {
  return [row.diedAt, row.jobId, row.generation]
}

/** The next dead letters, newest first, straight from an index. */
export async function readDeadLetters(
  db: D1Database,
  onlyOpen: boolean,
  after: Key | null,
  limit: number,
): Promise<DeadLetterRow[]> {
  const found = await db
    .prepare(`SELECT ${COLUMNS} FROM ${among(onlyOpen)} ${BELOW} ORDER BY ${ORDER} LIMIT ?`)
    .bind(...(after ?? ABOVE_ALL), limit)
    .all<DeadLetterRow>()
  return found.results
}

/** The keys of the next dead letters, each with whether the condition lets it through. */
export async function lookAtDeadLetters(
  db: D1Database,
  onlyOpen: boolean,
  condition: Condition,
  after: Key | null,
  limit: number,
): Promise<{ key: Key; hit: boolean }[]> {
  const found = await db
    .prepare(
      `SELECT died_at AS diedAt, job_id AS jobId, generation, (${condition.sql}) AS hit FROM ${among(onlyOpen)} ${BELOW} ORDER BY ${ORDER} LIMIT ?`,
    )
    .bind(...condition.values, ...(after ?? ABOVE_ALL), limit)
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
