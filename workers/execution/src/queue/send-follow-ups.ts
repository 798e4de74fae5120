import type { DeadLetterNotice, JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import type { JobFinish } from '@orchestrator/shared/jobs/finish'
import { CLOCK_TOLERANCE_MS, MAX_QUEUE_DELAY_MS } from './constants.ts'
import type { Delayed, QueueDeps } from './deps.ts'

/**
 * Sends what follows from turns that are written: the next attempt's message with its delay, the notice of a death. Held jobs
 * and long waits stay with the sweep. A send that fails is made good by the sweep, a lost notice by the row itself.
 */
export async function sendFollowUps(
  deps: QueueDeps,
  queue: QueueName,
  written: readonly { job: ClaimedJob; item: JobFinish }[],
): Promise<void> {
  const next: Delayed<JobMessage>[] = []
  const notices: DeadLetterNotice[] = []
  for (const { job, item } of written) {
    const { id: jobId, generation, trace } = job
    if (item.event === 'die') notices.push({ kind: 'dead-letter', jobId, generation, trace })
    if ((item.event !== 'retry' && item.event !== 'defer') || item.dueAt === null) continue
    const delayMs = item.dueAt - deps.now()
    if (delayMs <= MAX_QUEUE_DELAY_MS) next.push(delayed({ kind: 'job', jobId, generation, trace }, delayMs))
  }
  await attempt(deps, 'the next attempts', async () => next.length > 0 && deps.sendJobs(queue, next))
  await attempt(deps, 'the notices of deaths', async () => notices.length > 0 && deps.sendNotices(queue, notices))
}

/**
 * Sends a message again that came a moment before its time. One that is earlier than clocks differ is a duplicate: the job's
 * own message is on its way, and the sweep stands behind it; to send this one too would add a message for each duplicate.
 */
export async function sendLater(deps: QueueDeps, queue: QueueName, message: JobMessage, dueAt: number): Promise<void> {
  const delayMs = dueAt - deps.now()
  if (delayMs > CLOCK_TOLERANCE_MS) return
  await attempt(deps, 'an early message', () => deps.sendJobs(queue, [delayed(message, delayMs)]))
}

/** Queues count in seconds; rounding up never brings a message in early. */
function delayed(body: JobMessage, delayMs: number): Delayed<JobMessage> {
  return { body, delaySeconds: Math.max(0, Math.ceil(delayMs / 1_000)) }
}

async function attempt(deps: QueueDeps, what: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await send()
  } catch (error) {
    deps.logger.log('warn', 'a message could not be sent', { what, cause: errorMessage(error) })
    deps.report(error, { step: 'send' })
  }
}
