/** Reading the log oldest first, in pieces that fit into memory. */
import { AUDIT_COLUMNS, selectList } from '../db/columns.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { retryD1 } from '../db/retry.ts'
import type { Condition } from '../lists/filters.ts'
import type { ChainHead } from './verify.ts'

const COLUMNS = selectList(AUDIT_COLUMNS)

/** Rows are a kilobyte as a rule, but what was before and after a change may be hundreds: no more than this at once, and one row. */
const MAX_TEXT_BYTES = 2_000_000
const TEXT_BYTES = 'octet_length(coalesce("before", \'\')) + octet_length(coalesce("after", \'\'))'

export interface ChainPiece {
  rows: AuditRow[]
  /** How far was looked: the next piece goes on after it. */
  until: number
}

/**
 * The rows after a sequence up to another one, oldest first; only those that meet the condition. Looks at no more than `limit`
 * sequences.
 */
export async function readChain(
  db: D1Database,
  range: { after: number; upTo: number; limit: number },
  condition: Condition | null = null,
): Promise<ChainPiece> {
  const { after, upTo, limit } = range
  const last = Math.min(upTo, after + limit)
  const where = `seq > ? AND seq <= ?${condition ? ` AND (${condition.sql})` : ''}`
  const sized = `SELECT seq, ${TEXT_BYTES} AS size, sum(${TEXT_BYTES}) OVER (ORDER BY seq) AS total FROM audit_log WHERE ${where}`
  const sql = `SELECT ${COLUMNS} FROM audit_log
    WHERE seq IN (SELECT seq FROM (${sized}) WHERE total - size < ?) ORDER BY seq`
  const values = [after, last, ...(condition?.values ?? []), MAX_TEXT_BYTES]
  const { results: rows } = await retryD1(() =>
    db
      .prepare(sql)
      .bind(...values)
      .all<AuditRow>(),
  )
  const size = rows.reduce((sum, row) => sum + bytesOf(row), 0)
  // Where the bound of bytes was reached there may be more in the range.
  return { rows, until: size >= MAX_TEXT_BYTES ? rows.at(-1)!.seq : last }
}

const encoder = new TextEncoder()
const bytesOf = ({ before, after }: AuditRow): number =>
  encoder.encode(before ?? '').byteLength + encoder.encode(after ?? '').byteLength

/** The newest row; null while there is none. */
export function readTip(db: D1Database): Promise<ChainHead | null> {
  return retryD1(() => db.prepare('SELECT seq, hash FROM audit_log WHERE seq > 0 ORDER BY seq DESC LIMIT 1').first<ChainHead>())
}

/** A row before the first one, which only somebody who writes to the table can put there: no stretch that is checked holds it. */
export function readForged(db: D1Database): Promise<number | null> {
  return retryD1(() => db.prepare('SELECT seq FROM audit_log WHERE seq < 1 ORDER BY seq LIMIT 1').first<number>('seq'))
}

/** The hash that a row has; null when there is no such row. */
export function readHash(db: D1Database, seq: number): Promise<string | null> {
  return retryD1(() => db.prepare('SELECT hash FROM audit_log WHERE seq = ?').bind(seq).first<string>('hash'))
}
