import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { orphanId } from '@orchestrator/shared/jobs/orphan-id'
import type { QueueDeps } from './deps.ts'

/** What keeping needs. */
export type OrphanDeps = Pick<QueueDeps, 'now' | 'newTraceparent' | 'keepOrphan' | 'sendNotices' | 'logger' | 'report'>

/** Keeps a claim check that no job stands behind as a dead letter. Answers whether that worked. */
export function keepUnknownJob(deps: OrphanDeps, queue: QueueName, shard: number, message: JobMessage): Promise<boolean> {
  const error = `no job ${message.jobId} is known`
  return keep(deps, queue, shard, { id: message.jobId, generation: message.generation, error, message, trace: message.trace })
}

/**
 * Keeps what cannot be understood as a dead letter, once: a queue's message under the id that the dead-letter queues' consumer
 * gives it too, or an object under one made of its key.
 */
export async function keepUnreadable(
  deps: OrphanDeps,
  queue: QueueName,
  shard: number,
  received: { id: string; sentAt: number; body: unknown; error: string },
): Promise<boolean> {
  const { body: message, error } = received
  const id = await orphanId(shard, received)
  return keep(deps, queue, shard, { id, generation: 1, error, message, trace: deps.newTraceparent('') })
}

async function keep(
  deps: OrphanDeps,
  queue: QueueName,
  shard: number,
  orphan: { id: string; generation: number; error: string; message: unknown; trace: string },
): Promise<boolean> {
  const { id, generation, error, trace } = orphan
  try {
    const message = JSON.stringify(orphan.message) ?? String(orphan.message)
    await deps.keepOrphan(shard, { id, generation, queue, error, message, now: deps.now() })
  } catch (cause) {
    deps.logger.log('error', 'a message without a job could not be kept', { id, cause: errorMessage(cause) })
    deps.report(cause, { step: 'keep orphan' })
    return false
  }
  deps.logger.log('error', 'a message without a job is kept as a dead letter', { id, queue, cause: error })
  try {
    await deps.sendNotices(queue, [{ kind: 'dead-letter', jobId: id, generation, trace }])
  } catch (cause) {
    deps.logger.log('warn', 'a message could not be sent', { what: 'the notice of a dead letter', cause: errorMessage(cause) })
  }
  return true
}
