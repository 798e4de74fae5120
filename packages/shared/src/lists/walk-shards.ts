import { AppError } from '../core/errors.ts'
import type { Shard } from '../db/shards.ts'
import { encodeCursor, type Position } from './cursor.ts'

/** A filter that no index serves looks at no more rows than this for one page. */
export const MAX_SCANNED = 1_000

export interface Found<T, K> {
  key: K
  item: T
}

/** What one shard has after a key. */
export interface ShardPage<T, K> {
  found: Found<T, K>[]
  /** Rows looked at by a filter without index; null when an index led to each row. */
  scanned: number | null
  /** Where looking stopped because `budget` rows had been looked at; null otherwise. */
  stoppedAt: K | null
}

export interface ShardRequest<K> {
  after: K | null
  /** No more items than this. */
  want: number
  /** No more rows looked at than this. */
  budget: number
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
  scanned?: number
}

/** Makes one page out of the live shards, newest first. One item more than asked for tells whether there is a next page. */
export async function walkShards<T, K>(
  shards: readonly Shard[],
  from: Position<K> | null,
  limit: number,
  read: (shard: Shard, request: ShardRequest<K>) => Promise<ShardPage<T, K>>,
): Promise<Page<T>> {
  const found: { shard: number; key: K; item: T }[] = []
  let scanned: number | null = null
  for (const shard of shardsFrom(shards, from)) {
    const page = await read(shard, {
      after: from?.shard === shard.number ? from.key : null,
      want: limit + 1 - found.length,
      budget: MAX_SCANNED - (scanned ?? 0),
    })
    found.push(...page.found.map((one) => ({ shard: shard.number, ...one })))
    if (page.scanned !== null) scanned = (scanned ?? 0) + page.scanned
    if (found.length > limit) break
    if (page.stoppedAt !== null) return toPage(found, { shard: shard.number, key: page.stoppedAt }, scanned)
  }
  const last = found.length > limit ? found[limit - 1] : undefined
  return toPage(found.slice(0, limit), last ? { shard: last.shard, key: last.key } : null, scanned)
}

function shardsFrom<K>(shards: readonly Shard[], from: Position<K> | null): readonly Shard[] {
  if (!from) return shards
  const start = shards.findIndex((shard) => shard.number === from.shard)
  if (start >= 0) return shards.slice(start)
  throw new AppError('validation_failed', 'The cursor points into a shard that is not live any more.', {
    issues: [{ path: 'cursor', message: 'start from the first page again' }],
  })
}

function toPage<T, K>(found: readonly { item: T }[], next: Position<K> | null, scanned: number | null): Page<T> {
  return {
    items: found.map((one) => one.item),
    nextCursor: next ? encodeCursor(next) : null,
    ...(scanned === null ? {} : { scanned }),
  }
}
