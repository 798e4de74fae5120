import type { WebhookDetail } from '@orchestrator/shared/contracts/control-api'
import { isId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { findJobsOfWebhook, findWebhook } from './queries.ts'
import { toWebhookDetail } from './to-api.ts'

/** One webhook with the jobs it made; `undefined` when there is none with this id. */
export async function getWebhook(
  deps: { shardOf(id: string): Shard | undefined },
  id: string,
): Promise<WebhookDetail | undefined> {
  const shard = isId('whk', id) ? deps.shardOf(id) : undefined
  const row = await shard?.read((db) => findWebhook(db, id))
  if (!shard || !row) return undefined
  return toWebhookDetail(row, await shard.read((db) => findJobsOfWebhook(db, id)))
}
