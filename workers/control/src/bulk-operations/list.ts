import { BULK_STATUSES, bulkTarget, type BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { isId } from '@orchestrator/shared/core/ids'
import { BULK_OPERATION_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { BulkOperationRow } from '@orchestrator/shared/db/data-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import { conditionOf } from '@orchestrator/shared/lists/filters'
import { pageQuery } from '@orchestrator/shared/lists/query'
import { type Page, walkShards } from '@orchestrator/shared/lists/walk-shards'
import * as z from 'zod'
import { readById } from '../lists/by-id.ts'
import { toOperation } from './operation.ts'
import { toBulkOperation } from './to-api.ts'

export const bulkOperationsQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(BULK_STATUSES).optional(),
  kind: z.enum(bulkTarget.options.map((option) => option.shape.kind.value)).optional(),
})
const cursor = positionOf(z.string().refine((id) => isId('blk', id)))
const table = { table: 'bulk_operations', prefix: 'blk', columns: selectList(BULK_OPERATION_COLUMNS) } as const

/** Bulk operations, newest first. */
export async function listBulkOperations(
  deps: { liveShards(): Promise<Shard[]> },
  query: z.output<typeof bulkOperationsQuery>,
): Promise<Page<BulkOperation>> {
  const from = decodeCursor(query.cursor, cursor)
  const wanted = {
    range: { from: null, to: null },
    condition: conditionOf({ status: query.status, kind: query.kind }),
  }
  const page = await walkShards(await deps.liveShards(), from, query.limit, (shard, request) =>
    readById<BulkOperationRow>(shard, table, wanted, request),
  )
  return { ...page, items: page.items.map((row) => toBulkOperation(toOperation(row))) }
}
