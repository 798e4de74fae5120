import { latestRevision } from '@orchestrator/shared/config/snapshot-store'
import type { ConfigRevisionSummary } from '@orchestrator/shared/contracts/config-document'
import { decodeCursor } from '@orchestrator/shared/lists/cursor'
import { pageQuery } from '@orchestrator/shared/lists/query'
import type { Page } from '@orchestrator/shared/lists/walk-shards'
import * as z from 'zod'
import { pageOfRows } from '../lists/page-of-rows.ts'
import type { RevisionDeps } from './deps.ts'
import { readRevisions } from './queries.ts'
import { toSummary } from './to-api.ts'

export const revisionsQuery = z.strictObject(pageQuery)
const cursor = z.strictObject({ revision: z.int().positive() })

/** Who published what and why, newest first. */
export async function listRevisions(
  deps: RevisionDeps,
  query: z.output<typeof revisionsQuery>,
): Promise<Page<ConfigRevisionSummary>> {
  const from = decodeCursor(query.cursor, cursor)
  const [rows, inForce] = await deps.control((db) =>
    Promise.all([readRevisions(db, from?.revision ?? null, query.limit + 1), latestRevision(db)]),
  )
  return pageOfRows(
    rows,
    query.limit,
    (row) => toSummary(row, inForce),
    ({ revision }) => ({ revision }),
  )
}
