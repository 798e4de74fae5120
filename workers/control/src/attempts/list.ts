import type { Attempt } from '@orchestrator/shared/contracts/control-api'
import * as z from 'zod'
import type { Shard } from '@orchestrator/shared/db/shards'
import { lookAtLog, readLog, readLogWhere, seqRange } from '../lists/by-seq.ts'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import { type Condition, conditionOf } from '@orchestrator/shared/lists/filters'
import {
  jobIdQuery,
  nameQuery,
  pageQuery,
  rangeQuery,
  readRange,
  requestIdQuery,
  type TimeRange,
} from '@orchestrator/shared/lists/query'
import { scan } from '@orchestrator/shared/lists/scan'
import { type Page, type ShardPage, type ShardRequest, walkShards } from '@orchestrator/shared/lists/walk-shards'
import type { EventRow } from '@orchestrator/shared/db/data-schema'
import { toAttempt } from './to-api.ts'

export const attemptsQuery = z.strictObject({
  ...pageQuery,
  ...rangeQuery,
  jobId: jobIdQuery.optional(),
  connector: nameQuery.optional(),
  failed: z.enum(['true', 'false']).optional(),
  /** Of calls by `/execute`. */
  client: nameQuery.optional(),
  requestId: requestIdQuery.optional(),
})
type AttemptsQuery = z.output<typeof attemptsQuery>
const IS_ATTEMPT = "e.kind = 'attempt'"
const cursor = positionOf(z.int().positive())

interface Deps {
  liveShards(): Promise<Shard[]>
  shardOf(id: string): Shard | undefined
}

/** Attempts, newest first. By job and failed by connector an index leads to each; anything else looks through the log. */
export async function listAttempts(deps: Deps, query: AttemptsQuery): Promise<Page<Attempt>> {
  const from = decodeCursor(query.cursor, cursor)
  const range = readRange(query)
  const shard = query.jobId ? deps.shardOf(query.jobId) : undefined
  const shards = query.jobId ? (shard ? [shard] : []) : await deps.liveShards()
  return walkShards(shards, from, query.limit, (one, request) => readAttempts(one, query, range, request))
}

async function readAttempts(
  shard: Shard,
  query: AttemptsQuery,
  range: TimeRange,
  request: ShardRequest<number>,
): Promise<ShardPage<Attempt, number>> {
  const { low, high } = await seqRange(shard, range)
  const below = (after: number | null) => ({ low, high: Math.min(high, after ?? high) })
  const indexed = indexedCondition(query)
  if (indexed) {
    const rows = await shard.read((db) => readLogWhere(db, indexed, below(request.after), request.want))
    return { found: toFound(rows, shard), scanned: null, stoppedAt: null }
  }
  const filter = conditionOf({ 'e.connector': query.connector, ...otherFilters(query) })
  const condition: Condition = { sql: `${IS_ATTEMPT} AND ${filter?.sql ?? 'true'}`, values: filter?.values ?? [] }
  const source = {
    look: async (after: number | null, limit: number) => {
      const rows = await shard.read((db) => lookAtLog(db, condition, below(after), limit))
      return rows.map((row) => ({ key: row.seq, hit: row.hit }))
    },
    fetch: async (seqs: readonly number[]) => toFound(await shard.read((db) => readLog(db, seqs)), shard),
  }
  return scan(source, request)
}

function indexedCondition(query: AttemptsQuery): Condition | null {
  if (query.jobId) {
    const rest = conditionOf({ 'e.job_id': query.jobId, 'e.connector': query.connector, ...otherFilters(query) })
    return {
      sql: `e.seq IN (SELECT l.value FROM jobs AS j JOIN json_each(j.log) AS l WHERE j.id = ?) AND ${IS_ATTEMPT} AND ${rest?.sql}`,
      values: [query.jobId, ...(rest?.values ?? [])],
    }
  }
  // Whatever else is asked for may be rare among those that failed: it is looked for within the budget.
  if (query.connector && query.failed === 'true' && !conditionOf(requestFilters(query))) {
    return { sql: `e.connector = ? AND e.failed = 1 AND ${IS_ATTEMPT}`, values: [query.connector] }
  }
  return null
}

function otherFilters(query: AttemptsQuery): Parameters<typeof conditionOf>[0] {
  const failed = query.failed === undefined ? undefined : Number(query.failed === 'true')
  return { 'coalesce(e.failed, 0)': failed, ...requestFilters(query) }
}

function requestFilters({ client, requestId }: AttemptsQuery): Parameters<typeof conditionOf>[0] {
  return { "e.attempt ->> '$.client'": client, "e.attempt ->> '$.requestId'": requestId }
}

function toFound(rows: readonly EventRow[], shard: Shard) {
  return rows.flatMap((row) => {
    const item = toAttempt(row, shard.number)
    return item ? [{ key: row.seq, item }] : []
  })
}
