import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import { deathClass } from '@orchestrator/shared/contracts/jobs'
import { queueName } from '@orchestrator/shared/contracts/queue'
import type { DeadLetterRow } from '@orchestrator/shared/db/data-schema'
import * as z from 'zod'
import type { Shard } from '@orchestrator/shared/db/shards'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import { type Condition, conditionOf } from '@orchestrator/shared/lists/filters'
import { pageQuery } from '@orchestrator/shared/lists/query'
import { scan } from '@orchestrator/shared/lists/scan'
import { type Page, type ShardPage, type ShardRequest, walkShards } from '@orchestrator/shared/lists/walk-shards'
import { type Key, keyOf, lookAtDeadLetters, readDeadLetters, readDeadLettersByKey } from './queries.ts'
import { toDeadLetter } from './to-api.ts'

export const deadLettersQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(['open', 'replayed', 'discarded']).optional(),
  class: deathClass.optional(),
  queue: queueName.optional(),
})
const cursor = positionOf<Key>(z.tuple([z.int(), z.string(), z.int()]))

/** Dead letters by time of death, newest first. All of them and the open ones have an index; other filters look through. */
export async function listDeadLetters(
  deps: { liveShards(): Promise<Shard[]> },
  query: z.output<typeof deadLettersQuery>,
): Promise<Page<DeadLetter>> {
  const from = decodeCursor(query.cursor, cursor)
  const onlyOpen = query.status === 'open'
  const condition = conditionOf({ status: onlyOpen ? undefined : query.status, class: query.class, queue: query.queue })
  const page = await walkShards(await deps.liveShards(), from, query.limit, (shard, request) =>
    readPage(shard, onlyOpen, condition, request),
  )
  return { ...page, items: page.items.map(toDeadLetter) }
}

async function readPage(
  shard: Shard,
  onlyOpen: boolean,
  condition: Condition | null,
  request: ShardRequest<Key>,
): Promise<ShardPage<DeadLetterRow, Key>> {
  if (condition) {
    const source = {
      look: (after: Key | null, limit: number) => shard.read((db) => lookAtDeadLetters(db, onlyOpen, condition, after, limit)),
      fetch: async (keys: readonly Key[]) => keyed(await shard.read((db) => readDeadLettersByKey(db, keys))),
    }
    return scan(source, request)
  }
  const rows = await shard.read((db) => readDeadLetters(db, onlyOpen, request.after, request.want))
  return { found: keyed(rows), scanned: null, stoppedAt: null }
}

function keyed(rows: readonly DeadLetterRow[]) {
  return rows.map((item) => ({ key: keyOf(item), item }))
}
