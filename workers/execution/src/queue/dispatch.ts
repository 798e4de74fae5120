import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { type QueueMessage, queueMessage, type QueueName, queueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { isId, shardOf } from '@orchestrator/shared/core/ids'
import { assertNever } from '@orchestrator/shared/core/result'
import type { RestoreOutcome } from '@orchestrator/shared/inbox/restore-accepted'
import type { QueueDeps } from './deps.ts'
import { keepUnreadable } from './keep-orphan.ts'
import { type JobDelivery, workJobs } from './work-jobs.ts'

/** The parts of a queue message that are used. */
export type Delivery = Pick<Message, 'id' | 'timestamp' | 'body' | 'ack' | 'retry'>

/**
 * Works off one batch of one of the four queues. Only failures of our own are given back to the queue to retry; a job that
 * waits is written, sent anew and acknowledged.
 */
export async function dispatchBatch(deps: QueueDeps, batch: { queue: string; messages: readonly Delivery[] }): Promise<void> {
  const queue = queueName.parse(batch.queue)
  const again = { delaySeconds: deps.ownFailureDelaySeconds }
  let config: ConfigSnapshot
  try {
    config = await deps.config()
  } catch (error) {
    deps.logger.log('error', 'a batch waits for the configuration', {
      queue,
      messages: batch.messages.length,
      cause: errorMessage(error),
    })
    deps.report(error, { step: 'config' })
    for (const message of batch.messages) message.retry(again)
    return
  }
  const byShard = new Map<number, JobDelivery[]>()
  for (const message of batch.messages) {
    const parsed = queueMessage.safeParse(message.body)
    const shard = parsed.data?.kind === 'job' ? shardOfJob(deps, parsed.data.jobId) : undefined
    if (parsed.data?.kind === 'job' && shard !== undefined) {
      const delivery = { message: parsed.data, ack: () => message.ack(), retry: () => message.retry(again) }
      byShard.set(shard, [...(byShard.get(shard) ?? []), delivery])
    } else if (await takeOther(deps, config, queue, message, parsed.data)) message.ack()
    else message.retry(again)
  }
  await Promise.all([...byShard].map(([shard, deliveries]) => workJobs(deps, config, queue, shard, deliveries)))
}

function shardOfJob(deps: QueueDeps, jobId: string): number | undefined {
  const shard = isId('job', jobId) ? shardOf(jobId) : undefined
  return shard !== undefined && deps.hasShard(shard) ? shard : undefined
}

/** A webhook that waited while DATA was down, or something nobody understands. Answers whether it is done with. */
async function takeOther(
  deps: QueueDeps,
  config: ConfigSnapshot,
  queue: QueueName,
  message: Delivery,
  parsed: QueueMessage | undefined,
): Promise<boolean> {
  const keepIt = (error: string) =>
    keepUnreadable(deps, queue, config.settings.writeShard, {
      id: message.id,
      sentAt: message.timestamp.getTime(),
      body: message.body,
      error,
    })
  if (!parsed) return keepIt('this is no message of ours')
  if (parsed.kind === 'job') return keepIt(`no job ${parsed.jobId} can be known: its id names no database of ours`)
  try {
    const restored =
      parsed.kind === 'fallback-pointer' ? await deps.restoreObject(parsed.key) : await deps.restoreText(parsed.record)
    return await settleRestored(deps, restored, keepIt)
  } catch (error) {
    deps.logger.log('warn', 'a webhook could not be restored yet', { inboxId: parsed.inboxId, cause: errorMessage(error) })
    return false
  }
}

function settleRestored(
  deps: QueueDeps,
  restored: RestoreOutcome,
  keepIt: (error: string) => Promise<boolean>,
): Promise<boolean> | boolean {
  switch (restored.outcome) {
    case 'restored':
    case 'duplicate':
    case 'gone':
      deps.logger.log('info', 'a webhook that waited is settled', { ...restored })
      return true
    case 'unreadable':
      // The object stays where it is, and the sweep keeps one dead letter for it; only a message would be gone.
      return restored.key !== null || keepIt('the webhook that waited cannot be read')
    default:
      return assertNever(restored)
  }
}
