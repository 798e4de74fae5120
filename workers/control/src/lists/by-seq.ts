import { EVENT_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { EventRow } from '@orchestrator/shared/db/data-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Condition } from '@orchestrator/shared/lists/filters'
import type { TimeRange } from '@orchestrator/shared/lists/query'

/** The rows of the log, by sequence: what attempts and events are read from. */
const COLUMNS = selectList(EVENT_COLUMNS, 'e')

/** One more than any sequence. */
export const ABOVE_ALL = Number.MAX_SAFE_INTEGER

/**
 * The first sequence of the log at a time (ms) or later, found by halving: the log grows with time, give or take the moment
 * between a clock and its batch. One more than the last when all is older.
 */
const MIDDLE = '(low + high) / 2'
const MIDDLE_IS_OLDER = `(SELECT e.at FROM events AS e WHERE e.seq >= ${MIDDLE} ORDER BY e.seq LIMIT 1) < ?1`
const FIRST_SEQ_FROM = `WITH RECURSIVE halves(low, high) AS (
  SELECT coalesce((SELECT min(seq) FROM events), 1), coalesce((SELECT max(seq) FROM events), 0) + 1
  UNION ALL
  SELECT iif(${MIDDLE_IS_OLDER}, ${MIDDLE} + 1, low), iif(${MIDDLE_IS_OLDER}, high, ${MIDDLE}) FROM halves WHERE low < high)
SELECT low FROM halves WHERE low >= high LIMIT 1`

export async function firstSeqFrom(db: D1Database, time: number): Promise<number> {
  return (await db.prepare(FIRST_SEQ_FROM).bind(time).first<number>('low')) ?? 1
}

/** The sequences of a range of time: from `low` on and below `high`. An open end costs no look. */
export interface SeqRange {
  low: number
  high: number
}

export async function seqRange(shard: Shard, { from, to }: TimeRange): Promise<SeqRange> {
  const [low, high] = await Promise.all([
    from === null ? 0 : shard.read((db) => firstSeqFrom(db, from)),
    to === null ? ABOVE_ALL : shard.read((db) => firstSeqFrom(db, to)),
  ])
  return { low, high }
}

/** The sequences that there are; none where the log is empty. */
export async function seqBounds(db: D1Database): Promise<SeqRange> {
  const sql = 'SELECT (SELECT min(seq) FROM events) AS low, (SELECT max(seq) FROM events) + 1 AS high'
  const { low, high } = (await db.prepare(sql).first<Record<'low' | 'high', number | null>>()) ?? { low: null, high: null }
  return { low: low ?? 0, high: high ?? 0 }
}

/** The next rows of a range of sequences, newest first, each with whether the condition lets it through. */
export async function lookAtLog(
  db: D1Database,
  condition: Condition,
  { low, high }: SeqRange,
  limit: number,
): Promise<{ seq: number; hit: boolean }[]> {
  const found = await db
    .prepare(
      `SELECT e.seq, (${condition.sql}) AS hit FROM events AS e WHERE e.seq >= ? AND e.seq < ? ORDER BY e.seq DESC LIMIT ?`,
    )
    .bind(...condition.values, low, high, limit)
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
 * Rows of a range of sequences that an index leads to, newest first. `where` is a condition of ours on `e` that begins with what
 * the index has; its parameters come first.
 */
export async function readLogWhere(
  db: D1Database,
  where: Condition,
  { low, high }: SeqRange,
  limit: number,
): Promise<EventRow[]> {
  const found = await db
    .prepare(`SELECT ${COLUMNS} FROM events AS e WHERE ${where.sql} AND e.seq >= ? AND e.seq < ? ORDER BY e.seq DESC LIMIT ?`)
    .bind(...where.values, low, high, limit)
    .all<EventRow>()
  return found.results
}
