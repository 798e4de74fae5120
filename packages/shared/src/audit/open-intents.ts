import { AUDIT_COLUMNS, selectList } from '../db/columns.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { retryD1 } from '../db/retry.ts'

const COLUMNS = selectList(AUDIT_COLUMNS, 'a')

/** Intents without an outcome that were written before a time (ms), from a sequence on, oldest first. */
export async function readOpenIntents(
  db: D1Database,
  range: { afterSeq: number; before: number; limit: number },
): Promise<AuditRow[]> {
  const sql = `SELECT ${COLUMNS} FROM open_intents AS o JOIN audit_log AS a ON a.seq = o.seq
    WHERE o.seq > ? AND o.at < ? ORDER BY o.seq LIMIT ?`
  const found = await retryD1(() => db.prepare(sql).bind(range.afterSeq, range.before, range.limit).all<AuditRow>())
  return found.results
}

/** Whether nobody has written the outcome of an intent. */
export async function isIntentOpen(db: D1Database, seq: number): Promise<boolean> {
  const found = await retryD1(() => db.prepare('SELECT 1 AS open FROM open_intents WHERE seq = ?').bind(seq).first('open'))
  return found !== null
}
