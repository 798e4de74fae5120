import { retryD1 } from '../db/retry.ts'
import type { AuditEntryInput } from './row.ts'

/**
 * An outcome whose writer was so slow that the intent was concluded without it: it is written all the same, and names the row that it
 * corrects. To be read under the lock of the log.
 */
export async function namingReconciled(db: D1Database, entry: AuditEntryInput): Promise<AuditEntryInput> {
  const { intentSeq, after } = entry
  if (intentSeq === null || entry.action === 'intent.reconciled') return entry
  const sql = `SELECT seq FROM audit_log
    WHERE action = 'intent.reconciled' AND seq > ?1 AND intent_seq = ?1 AND after ->> '$.intent' LIKE '%requested' LIMIT 1`
  const reconciledBy = await retryD1(() => db.prepare(sql).bind(intentSeq).first<number>('seq'))
  if (reconciledBy === null) return entry
  const told = typeof after === 'object' && after !== null ? after : {}
  return { ...entry, after: { ...told, reconciledBy } }
}
