import { toAuditFilter } from '@orchestrator/shared/audit/filter'
import { listAuditPage } from '@orchestrator/shared/audit/list-audit'
import { auditFilters } from '@orchestrator/shared/contracts/audit-api'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import * as z from 'zod'
import { decodeCursor, encodeCursor } from '@orchestrator/shared/lists/cursor'
import { pageQuery } from '@orchestrator/shared/lists/query'
import { MAX_SCANNED, type Page } from '@orchestrator/shared/lists/walk-shards'
import { toAuditEntry } from './to-api.ts'

export const auditQuery = auditFilters.extend(pageQuery)
const cursor = z.strictObject({ at: z.int(), seq: z.int().positive() })

/** The audit log by a filter, newest first. Needs CONTROL_DB only. */
export async function listAudit(
  deps: { control<T>(work: (db: D1Database) => Promise<T>): Promise<T> },
  query: z.output<typeof auditQuery>,
): Promise<Page<AuditEntry>> {
  const { limit, cursor: from, ...filters } = query
  const request = { after: decodeCursor(from, cursor), want: limit + 1, budget: MAX_SCANNED }
  const { found, scanned, stoppedAt } = await deps.control((db) => listAuditPage(db, toAuditFilter(filters), request))
  const next = found.length > limit ? found[limit - 1]?.key : stoppedAt
  return {
    items: found.slice(0, limit).map(({ item }) => toAuditEntry(item)),
    nextCursor: next ? encodeCursor(next) : null,
    ...(scanned === null ? {} : { scanned }),
  }
}
