import { encodeCursor } from '@orchestrator/shared/lists/cursor'
import type { Page } from '@orchestrator/shared/lists/walk-shards'

/** A page of rows of one database, of which one more than `limit` was asked for: it tells whether the list goes on. */
export function pageOfRows<Row, T>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => T,
  positionOf: (row: Row) => object,
): Page<T> {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.slice(0, limit).map(toItem), nextCursor: last ? encodeCursor(positionOf(last)) : null }
}
