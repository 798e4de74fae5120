import { getAudit as readEntry } from '@orchestrator/shared/audit/queries'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import { toAuditEntry } from './to-api.ts'

/** One entry by its sequence; `undefined` when there is none. */
export async function getAudit(
  deps: { control<T>(work: (db: D1Database) => Promise<T>): Promise<T> },
  seq: string,
): Promise<AuditEntry | undefined> {
  if (!/^\d{1,15}$/.test(seq)) return undefined
  const row = await deps.control((db) => readEntry(db, Number(seq)))
  return row ? toAuditEntry(row) : undefined
}
