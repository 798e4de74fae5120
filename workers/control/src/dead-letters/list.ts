import { deadLetterFilter } from '@orchestrator/shared/contracts/bulk-api'
import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import type { DeadLetterRow } from '@orchestrator/shared/db/data-schema'
import * as z from 'zod'
import type { Shard } from '@orchestrator/shared/db/shards'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import { pageQuery } from '@orchestrator/shared/lists/query'
import { scan } from '@orchestrator/shared/lists/scan'
import { type Page, type ShardPage, type ShardRequest, walkShards } from '@orchestrator/shared/lists/walk-shards'
import { type Key, keyOf, lookAtDeadLetters, readDeadLetters, readDeadLettersByKey } from './queries.ts'
import { toDeadLetter } from './to-api.ts'
import { type Wanted, wantedOf } from './wanted.ts'

export const deadLettersQuery = z.strictObject({
  ...pageQuery,
  ...deadLetterFilter.shape,
  status: z.enum(['open', 'replayed', 'discarded']).optional(),
})
const cursor = positionOf<Key>(z.tuple([z.int(), z.string(), z.int()]))

/**
 * Dead letters by time of death, newest first. An index leads to all of them, to the open ones, and to the open ones of a connector
 * or an error, between any times; other filters look through.
 */
export async function listDeadLetters(
  deps: { liveShards(): Promise<Shard[]> },
  query: z.output<typeof deadLettersQuery>,
): Promise<Page<DeadLetter>> {
  const from = decodeCursor(query.cursor, cursor)
  const wanted = wantedOf(query)
  const page = await walkShards(await deps.liveShards(), from, query.limit, (shard, request) => readPage(shard, wanted, request))
  return { ...page, items: page.items.map(toDeadLetter) }
}

/** A page of one shard. */
export async function readPage(shard: Shard, wanted: Wanted, request: ShardRequest<Key>): Promise<ShardPage<DeadLetterRow, Key>> {
  const { among, condition } = wanted
  if (condition) {
    const source = {
      look: (after: Key | null, limit: number) => shard.read((db) => lookAtDeadLetters(db, among, condition, after, limit)),
      fetch: async (keys: readonly Key[]) => keyed(await shard.read((db) => readDeadLettersByKey(db, keys))),
    }
    return scan(source, request)
  }
  const rows = await shard.read((db) => readDeadLetters(db, among, request.after, request.want))
  return { found: keyed(rows), scanned: null, stoppedAt: null }
}

function keyed(rows: readonly DeadLetterRow[]) {
  return rows.map((item) => ({ key: keyOf(item), item }))
}
