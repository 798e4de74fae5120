import type { QueueName } from '@orchestrator/shared/contracts/queue'
import type { Clock } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { shardOf } from '@orchestrator/shared/core/ids'
import { FALLBACK_PREFIX, type RestoreOutcome } from '@orchestrator/shared/inbox/restore-accepted'
import { orphanId } from '@orchestrator/shared/jobs/orphan-id'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

/** Pages of waiting webhooks that one round looks at. */
export const MAX_PAGES = 10
/** After this a round ends, ms: the next cron is not to meet it. */
export const MAX_RESTORING_MS = 20_000

/** A webhook that waits in R2. */
export interface WaitingObject {
  key: string
  /** When it was written, ms. */
  at: number
}

export interface RestoreWaitingDeps {
  now: Clock
  /** The bound ones of these shards. */
  shards(wanted: readonly number[]): number[]
  /** One page of what waits, by key, behind a key. */
  listFallbacks(after: string | undefined): Promise<{ objects: WaitingObject[]; more: boolean }>
  restoreObject(key: string): Promise<RestoreOutcome>
  /** The key where the round before had to stop. */
  readPosition(): Promise<string | undefined>
  writePosition(key: string | undefined): Promise<void>
  /** Whether there is a dead letter of this id. */
  isKept(shard: number, id: string): Promise<boolean>
  /** Writes a dead letter for something without a job, and logs it. Answers whether that worked. */
  keepUnreadable(queue: QueueName, shard: number, received: UnreadableObject): Promise<boolean>
  logger: Logger
  report(error: unknown, tags?: Record<string, string>): void
}

/** What a dead letter says of an object, and what its id is made of. */
interface UnreadableObject {
  id: string
  sentAt: number
  body: unknown
  error: string
}

/**
 * One round: brings webhooks in that waited in R2. What cannot be read stays there, for a release that can, and has one dead
 * letter. The first failure (R2, a database or a queue) ends the round; the next one goes on behind it and comes back to the
 * start, so that no object keeps the others waiting. Answers how many came in. Throws when R2 cannot be listed.
 */
export async function restoreWaiting(deps: RestoreWaitingDeps, writeShard: number): Promise<number> {
  const until = deps.now() + MAX_RESTORING_MS
  let after = await deps.readPosition()
  let wrapped = after === undefined
  let restored = 0
  for (let page = 0; page < MAX_PAGES; page++) {
    const { objects, more } = await deps.listFallbacks(after)
    for (const object of objects) {
      after = object.key
      const result = await restoreOne(deps, object, writeShard)
      if (result === 'restored') restored++
      if (result === 'failed' || deps.now() >= until) {
        await deps.writePosition(after)
        return restored
      }
    }
    if (more) continue
    if (wrapped) return restored
    await deps.writePosition(undefined)
    after = undefined
    wrapped = true
  }
  await deps.writePosition(after)
  return restored
}

async function restoreOne(
  deps: RestoreWaitingDeps,
  object: WaitingObject,
  writeShard: number,
): Promise<'restored' | 'settled' | 'failed'> {
  const { key } = object
  try {
    const { outcome } = await deps.restoreObject(key)
    if (outcome !== 'unreadable') return outcome === 'restored' ? 'restored' : 'settled'
    return (await keepOnce(deps, object, writeShard)) ? 'settled' : 'failed'
  } catch (error) {
    deps.logger.log('error', 'a webhook that waits could not be restored', { key, cause: errorMessage(error) })
    deps.report(error, { step: 'sweep', key })
    return 'failed'
  }
}

/** The letter's id follows from the object, so it is the same in every round. Answers whether there is one now. */
async function keepOnce(deps: RestoreWaitingDeps, { key, at }: WaitingObject, writeShard: number): Promise<boolean> {
  const inboxId = key.slice(FALLBACK_PREFIX.length)
  const own = shardOf(inboxId)
  const shard = own !== undefined && deps.shards([own]).length > 0 ? own : writeShard
  if (await deps.isKept(shard, await orphanId(shard, { id: key, sentAt: at }))) return true
  const error = `the webhook that waits in R2 under ${key} cannot be read; it stays there`
  deps.logger.log('error', 'a webhook that waits cannot be read', { key })
  deps.report(new Error('a webhook that waits cannot be read'), { key })
  return deps.keepUnreadable('webhook', shard, { id: key, sentAt: at, body: { kind: 'fallback-pointer', inboxId, key }, error })
}
