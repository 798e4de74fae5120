import { EVENT_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { EventRow } from '@orchestrator/shared/db/data-schema'
import type { Condition } from '@orchestrator/shared/lists/filters'

/** The rows of the log, by sequence: what attempts and events are read from. */
const COLUMNS = selectList(EVENT_COLUMNS, 'e')

/** One more than any sequence. */
export const ABOVE_ALL = Number.MAX_SAFE_INTEGER

/** The next rows below a sequence, newest first, each with whether the condition lets it through. */
export async function lookAtLog(
  db: D1Database,
  condition: Condition,
  below: number,
  limit: number,
): Promise<{ seq: number; hit: boolean }[]> {
  const found = await db
    .prepare(`SELECT e.seq, (${condition.sql}) AS hit FROM events AS e WHERE e.seq < ? ORDER BY e.seq DESC LIMIT ?`)
    .bind(...condition.values, below, limit)
    .all<{ seq: number; hit: number }>()
  return found.results.map((row) => ({ seq: row.seq, hit: row.hit === 1 }))
}

/** Rows by sequence, newest first. */
export async function readLog(db: D1Database, seqs: readonly number[]): Promise<EventRow[]> {
  const found = await db
    .prepare(`SELECT ${COLUMNS} FROM events AS e WHERE e.seq IN (SELECT value FROM json_each(?)) ORDER BY e.seq DESC`)
    .bind(JSON.stringify(seqs))
    .all<EventRow>()
  return found.results
}

/**
 * Rows below a sequence that an index leads to, newest first. `where` is a condition of ours on `e` that begins with what
 * the index has; its parameters come first.
 */
export async function readLogWhere(db: D1Database, where: Condition, below: number, limit: number): Promise<EventRow[]> {
  const found = await db
    .prepare(`SELECT ${COLUMNS} FROM events AS e WHERE ${where.sql} AND e.seq < ? ORDER BY e.seq DESC LIMIT ?`)
    .bind(...where.values, below, limit)
    .all<EventRow>()
  return found.results
}
