import type { JobSummary } from '@orchestrator/shared/contracts/control-api'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { jobState } from '@orchestrator/shared/contracts/jobs'
import { queueName } from '@orchestrator/shared/contracts/queue'
import { idFloor } from '@orchestrator/shared/core/ids'
import { selectList } from '@orchestrator/shared/db/columns'
import * as z from 'zod'
import type { Shard } from '@orchestrator/shared/db/shards'
import { ABOVE_ALL as ABOVE_ALL_IDS, readById, type WantedById } from '../lists/by-id.ts'
import { decodeCursor, type Position, positionOf } from '@orchestrator/shared/lists/cursor'
import { conditionOf } from '@orchestrator/shared/lists/filters'
import { inboxIdQuery, jobIdQuery, nameQuery, pageQuery, rangeQuery, readRange } from '@orchestrator/shared/lists/query'
import { type Page, walkShards } from '@orchestrator/shared/lists/walk-shards'
import { findSummariesOfWebhook, type JobSummaryRow, SUMMARY_COLUMNS } from './queries.ts'
import { toJobSummary } from './to-api.ts'

export const jobsQuery = z.strictObject({
  ...pageQuery,
  ...rangeQuery,
  status: jobState.optional(),
  queue: queueName.optional(),
  connector: nameQuery.optional(),
  inboxId: inboxIdQuery.optional(),
  client: nameQuery.optional(),
})
const cursor = positionOf(jobIdQuery)
const table = { table: 'jobs', prefix: 'job', columns: selectList(SUMMARY_COLUMNS) } as const

interface Deps {
  config(): Promise<ConfigSnapshot>
  liveShards(): Promise<Shard[]>
  shardOf(id: string): Shard | undefined
}

/** Jobs, newest first. `maxAttempts` is that of the policy in force; a job's own page has the one it pinned. */
export async function listJobs(deps: Deps, query: z.output<typeof jobsQuery>): Promise<Page<JobSummary>> {
  const from = decodeCursor(query.cursor, cursor)
  const others = { state: query.status, queue: query.queue, connector: query.connector }
  const wanted: WantedById = {
    range: readRange(query),
    indexed: query.client === undefined ? null : { sql: 'client = ?', values: [query.client] },
    condition: conditionOf(others),
  }
  const config = await deps.config()
  const page = query.inboxId
    ? await jobsOfWebhook(
        deps,
        query.inboxId,
        { ...wanted, condition: conditionOf({ ...others, client: query.client }) },
        from,
        query.limit,
      )
    : await walkShards(await deps.liveShards(), from, query.limit, (shard, request) =>
        readById<JobSummaryRow>(shard, table, wanted, request),
      )
  return { ...page, items: page.items.map((row) => toJobSummary(row, config)) }
}

/** A webhook and its jobs live in the same shard. */
async function jobsOfWebhook(
  deps: Deps,
  inboxId: string,
  { condition, range }: WantedById,
  from: Position<string> | null,
  limit: number,
): Promise<Page<JobSummaryRow>> {
  const shard = deps.shardOf(inboxId)
  return walkShards(shard ? [shard] : [], from, limit, async (one, { after, want }) => {
    const until = range.to === null ? ABOVE_ALL_IDS : idFloor('job', one.number, range.to)
    const since = range.from === null ? '' : idFloor('job', one.number, range.from)
    const rows = await one.read((db) =>
      findSummariesOfWebhook(db, inboxId, condition, after !== null && after < until ? after : until, want),
    )
    const found = rows.filter(({ id }) => id >= since).map((item) => ({ key: item.id, item }))
    return { found, scanned: null, stoppedAt: null }
  })
}
