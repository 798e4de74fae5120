import { type JobPage, orderingKey } from '@orchestrator/shared/contracts/execution-api'
import { jobState } from '@orchestrator/shared/contracts/jobs'
import { queueName } from '@orchestrator/shared/contracts/queue'
import { idFloor } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import {
  type ClientJobSummary,
  type IdRange,
  lookAtClientJobs,
  readClientJobs,
  readClientJobsById,
} from '@orchestrator/shared/jobs/client-jobs'
import { toJobSummary } from '@orchestrator/shared/jobs/client-jobs-view'
import { clientOrderingKey } from '@orchestrator/shared/jobs/ordering-key'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import { type Condition, conditionOf } from '@orchestrator/shared/lists/filters'
import { jobIdQuery, nameQuery, pageQuery } from '@orchestrator/shared/lists/query'
import { scan } from '@orchestrator/shared/lists/scan'
import { type Found, type ShardPage, type ShardRequest, walkShards } from '@orchestrator/shared/lists/walk-shards'
import * as z from 'zod'
import type { JobsDeps } from './deps.ts'

export const jobsQuery = z.strictObject({
  ...pageQuery,
  status: jobState.optional(),
  connector: nameQuery.optional(),
  operation: nameQuery.optional(),
  queue: queueName.optional(),
  orderingKey: orderingKey.optional(),
  /** At this time or later. */
  createdAfter: z.iso.datetime().optional(),
  /** Before this time. */
  createdBefore: z.iso.datetime().optional(),
})
export type JobsQuery = z.output<typeof jobsQuery>

const cursor = positionOf(jobIdQuery)
/** Sorts after every id. */
const ABOVE_ALL = '~'

/** Jobs of a client, newest first. Times narrow what is looked at, other filters pass over what they do not want. */
export async function listJobs(deps: Pick<JobsDeps, 'liveShards'>, client: string, query: JobsQuery): Promise<JobPage> {
  const key = query.orderingKey === undefined ? undefined : clientOrderingKey(client, query.orderingKey)
  const condition = conditionOf({
    state: query.status,
    connector: query.connector,
    operation: query.operation,
    queue: query.queue,
    ordering_key: key,
  })
  const from = decodeCursor(query.cursor, cursor)
  const page = await walkShards(deps.liveShards(), from, query.limit, (shard, request) =>
    readShard(shard, client, condition, query, request),
  )
  return { items: page.items.map(toJobSummary), nextCursor: page.nextCursor }
}

async function readShard(
  shard: Shard,
  client: string,
  condition: Condition | null,
  query: JobsQuery,
  request: ShardRequest<string>,
): Promise<ShardPage<ClientJobSummary, string>> {
  const range = (after: string | null) => rangeOf(shard.number, query, after)
  if (!condition) {
    const rows = await shard.read((db) => readClientJobs(db, client, range(request.after), request.want))
    return { found: keyed(rows), scanned: null, stoppedAt: null }
  }
  return scan(
    {
      look: (after, limit) => shard.read((db) => lookAtClientJobs(db, client, condition, range(after), limit)),
      fetch: async (ids) => keyed(await shard.read((db) => readClientJobsById(db, client, ids))),
    },
    request,
  )
}

function keyed(rows: readonly ClientJobSummary[]): Found<ClientJobSummary, string>[] {
  return rows.map((item) => ({ key: item.id, item }))
}

/** A job's id begins with the time of its making, so times are places in the index. */
function rangeOf(shard: number, { createdAfter, createdBefore }: JobsQuery, after: string | null): IdRange {
  const floor = (time: string | undefined) => (time === undefined ? undefined : idFloor('job', shard, Date.parse(time)))
  const ends = [after ?? ABOVE_ALL, floor(createdBefore) ?? ABOVE_ALL]
  return { above: floor(createdAfter) ?? '', below: ends.reduce((a, b) => (a < b ? a : b)) }
}
