import { listAudit as readAudit } from '@orchestrator/shared/audit/queries'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import * as z from 'zod'
import { decodeCursor, encodeCursor } from '@orchestrator/shared/lists/cursor'
import { pageQuery } from '@orchestrator/shared/lists/query'
import type { Page } from '@orchestrator/shared/lists/walk-shards'
import { toAuditEntry } from './to-api.ts'

export const auditQuery = z.strictObject(pageQuery)
const cursor = z.strictObject({ seq: z.int().positive() })

/** The audit log, newest first. Needs CONTROL_DB only. */
export async function listAudit(
  deps: { control<T>(work: (db: D1Database) => Promise<T>): Promise<T> },
  query: z.output<typeof auditQuery>,
): Promise<Page<AuditEntry>> {
  const from = decodeCursor(query.cursor, cursor)
  const rows = await deps.control((db) => readAudit(db, from?.seq ?? null, query.limit + 1))
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined
  return { items: rows.slice(0, query.limit).map(toAuditEntry), nextCursor: last ? encodeCursor({ seq: last.seq }) : null }
}
