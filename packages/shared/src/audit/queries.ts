import { AUDIT_COLUMNS, selectList } from '../db/columns.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { retryD1 } from '../db/retry.ts'

const COLUMNS = selectList(AUDIT_COLUMNS)

/** Rows before a sequence (null: from the head), newest first. */
export async function listAudit(db: D1Database, beforeSeq: number | null, limit: number): Promise<AuditRow[]> {
  const found = await retryD1(() =>
    db
      .prepare(`SELECT ${COLUMNS} FROM audit_log WHERE seq > 0 AND seq < ?1 ORDER BY seq DESC LIMIT ?2`)
      .bind(beforeSeq ?? Number.MAX_SAFE_INTEGER, limit)
      .all<AuditRow>(),
  )
  return found.results
}

/** One row of the chain. */
export async function getAudit(db: D1Database, seq: number): Promise<AuditRow | null> {
  return retryD1(() => db.prepare(`SELECT ${COLUMNS} FROM audit_log WHERE seq = ? AND seq > 0`).bind(seq).first<AuditRow>())
}
