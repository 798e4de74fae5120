import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { newId, type Random } from '@orchestrator/shared/core/ids'
import { orphanId } from '@orchestrator/shared/jobs/orphan-id'
import type { QueueDeps } from './deps.ts'

/** Keeps a claim check that no job stands behind as a dead letter. Answers whether that worked. */
export function keepUnknownJob(deps: QueueDeps, queue: QueueName, shard: number, message: JobMessage): Promise<boolean> {
  const error = `no job ${message.jobId} is known`
  return keep(deps, queue, shard, { id: message.jobId, generation: message.generation, error, message, trace: message.trace })
}

/** Keeps a message of a queue that cannot be understood, once, under the id that the dead-letter queues' consumer gives it too. */
export async function keepUnreadableMessage(
  deps: QueueDeps,
  queue: QueueName,
  shard: number,
  received: { id: string; sentAt: number; body: unknown; error: string },
): Promise<boolean> {
  return keepNew(deps, queue, shard, await orphanId(shard, received), received)
}

/** Keeps something else that cannot be understood as a dead letter under an id made of its own, so that it is kept once. */
export function keepUnreadable(
  deps: QueueDeps,
  queue: QueueName,
  shard: number,
  received: { id: string; at: number; body: unknown; error: string },
): Promise<boolean> {
  return keepNew(deps, queue, shard, newId('msg', shard, received.at, seededRandom(received.id)), received)
}

function keepNew(
  deps: QueueDeps,
  queue: QueueName,
  shard: number,
  id: string,
  { body, error }: { body: unknown; error: string },
): Promise<boolean> {
  return keep(deps, queue, shard, { id, generation: 1, error, message: body, trace: deps.newTraceparent('') })
}

async function keep(
  deps: QueueDeps,
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

/** Numbers in [0, 1) that follow from a text (xorshift32 on its FNV-1a hash). */
export function seededRandom(text: string): Random {
  let state = 0x811c9dc5
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  state = state >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state = (state ^ (state << 5)) >>> 0
    return state / 0x1_0000_0000
  }
}
