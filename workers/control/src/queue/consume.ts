import { exponential } from '@orchestrator/shared/core/backoff'
import { queueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { readMessage } from './read-message.ts'
import { type TakeDeps, takeMessage } from './take-message.ts'

/** Whatever is down is not asked again at once; a hundred tries at the longer delay outlast the queue's 14 days, s. */
const FIRST_RETRY_SECONDS = 60
const LAST_RETRY_SECONDS = 14_400

/** Doubles with each delivery. */
function retryDelay(tries: number): number {
  return exponential(FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS, tries - 1)
}

interface Deps extends TakeDeps {
  logger: Logger
}

/**
 * Consumes a batch of a dead-letter queue. Each message stands for itself: one that cannot be dealt with now comes again,
 * the others are done. Never rejects, since a rejected batch counts against all its messages.
 */
export async function consumeDeadLetters(batch: MessageBatch, deps: Deps, reporter: ErrorReporter): Promise<void> {
  const queue = queueName.safeParse(batch.queue.replace(/-dlq$/, ''))
  if (!queue.success) {
    deps.logger.log('error', 'a batch of an unknown queue', { queue: batch.queue, messages: batch.messages.length })
    batch.retryAll({ delaySeconds: LAST_RETRY_SECONDS })
    return
  }
  await Promise.all(
    batch.messages.map(async (one) => {
      const message = readMessage(one.body)
      const fields = {
        queue: batch.queue,
        kind: message.kind,
        jobId: 'jobId' in message ? message.jobId : undefined,
        tries: one.attempts,
      }
      try {
        const taken = await takeMessage(deps, { id: one.id, sentAt: one.timestamp.getTime(), queue: queue.data, message })
        one.ack()
        deps.logger.log('info', 'dead-letter message', { ...fields, ...taken })
      } catch (error) {
        one.retry({ delaySeconds: retryDelay(one.attempts) })
        deps.logger.log('error', 'dead-letter message', { ...fields, outcome: 'retry', cause: errorMessage(error) })
        reporter.report(error, { queue: batch.queue })
      }
    }),
  )
}
