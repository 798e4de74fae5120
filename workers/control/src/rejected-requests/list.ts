import type { RejectedRequest } from '@orchestrator/shared/contracts/control-api'
import { toTime } from '@orchestrator/shared/core/time'
import type { RejectedRequestRow } from '@orchestrator/shared/db/data-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import { nameQuery, pageQuery, rangeQuery, readRange, type TimeRange } from '@orchestrator/shared/lists/query'
import { scan } from '@orchestrator/shared/lists/scan'
import { type Page, type ShardPage, type ShardRequest, walkShards } from '@orchestrator/shared/lists/walk-shards'
import * as z from 'zod'
import { type Key, type Minutes, readRejected } from './queries.ts'

export const rejectedRequestsQuery = z.strictObject({ ...pageQuery, ...rangeQuery, provider: nameQuery.optional() })

const cursor = positionOf<Key>(z.tuple([z.int(), z.string(), z.int()]))
const MINUTE_MS = 60_000

/** A sample of what ingress did not believe, newest first: why, from where, and for how many each stands. */
export async function listRejectedRequests(
  deps: { liveShards(): Promise<Shard[]> },
  query: z.output<typeof rejectedRequestsQuery>,
): Promise<Page<RejectedRequest>> {
  const from = decodeCursor(query.cursor, cursor)
  const minutes = minutesOf(readRange(query))
  const page = await walkShards(await deps.liveShards(), from, query.limit, (shard, request) =>
    readPage(shard, query.provider, minutes, request),
  )
  return { ...page, items: page.items.map(toRejectedRequest) }
}

/** Whole minutes: a row is found by the minute that it counts for. */
function minutesOf({ from, to }: TimeRange): Minutes {
  return {
    low: from === null ? 0 : Math.floor(from / MINUTE_MS),
    high: to === null ? Number.MAX_SAFE_INTEGER : Math.ceil(to / MINUTE_MS),
  }
}

async function readPage(
  shard: Shard,
  provider: string | undefined,
  minutes: Minutes,
  request: ShardRequest<Key>,
): Promise<ShardPage<RejectedRequestRow, Key>> {
  const read = (after: Key | null, limit: number) => shard.read((db) => readRejected(db, minutes, after, limit))
  if (provider === undefined) {
    const rows = await read(request.after, request.want)
    return { found: rows.map((item) => ({ key: keyOf(item), item })), scanned: null, stoppedAt: null }
  }
  // A look brings the rows whole, so that nothing is to be fetched again.
  const seen = new Map<string, RejectedRequestRow>()
  return scan(
    {
      async look(after: Key | null, limit: number) {
        const rows = await read(after, limit)
        for (const row of rows) if (row.provider === provider) seen.set(JSON.stringify(keyOf(row)), row)
        return rows.map((row) => ({ key: keyOf(row), hit: row.provider === provider }))
      },
      fetch: async (keys: readonly Key[]) =>
        keys.flatMap((key) => {
          const item = seen.get(JSON.stringify(key))
          return item ? [{ key, item }] : []
        }),
    },
    request,
  )
}

const keyOf = ({ minute, provider, slot }: RejectedRequestRow): Key => [minute, provider, slot]

function toRejectedRequest({ at, provider, reason, method, ip, headers, count }: RejectedRequestRow): RejectedRequest {
  return { at: toTime(at), provider, reason, method, ip, headers: JSON.parse(headers) as [string, string][], count }
}
