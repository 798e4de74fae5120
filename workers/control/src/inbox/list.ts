import type { WebhookSummary } from '@orchestrator/shared/contracts/control-api'
import { selectList } from '@orchestrator/shared/db/columns'
import * as z from 'zod'
import type { Shard } from '@orchestrator/shared/db/shards'
import { readById } from '../lists/by-id.ts'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import { conditionOf } from '@orchestrator/shared/lists/filters'
import { inboxIdQuery, nameQuery, pageQuery, rangeQuery, readRange } from '@orchestrator/shared/lists/query'
import { type Page, walkShards } from '@orchestrator/shared/lists/walk-shards'
import { type InboxSummaryRow, SUMMARY_COLUMNS } from './queries.ts'
import { toWebhookSummary } from './to-api.ts'

export const inboxQuery = z.strictObject({
  ...pageQuery,
  ...rangeQuery,
  provider: nameQuery.optional(),
  type: nameQuery.optional(),
  status: z.enum(['accepted', 'ignored']).optional(),
})
const cursor = positionOf(inboxIdQuery)
const table = { table: 'inbox', prefix: 'whk', columns: selectList(SUMMARY_COLUMNS) } as const

/** Webhooks, newest first. */
export async function listInbox(
  deps: { liveShards(): Promise<Shard[]> },
  query: z.output<typeof inboxQuery>,
): Promise<Page<WebhookSummary>> {
  const from = decodeCursor(query.cursor, cursor)
  const condition = conditionOf({ provider: query.provider, type: query.type, status: query.status })
  const range = readRange(query)
  const page = await walkShards(await deps.liveShards(), from, query.limit, (shard, request) =>
    readById<InboxSummaryRow>(shard, table, { range, condition }, request),
  )
  return { ...page, items: page.items.map(toWebhookSummary) }
}
