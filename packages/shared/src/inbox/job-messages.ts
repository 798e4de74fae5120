import { type Delayed, delayed, type JobMessage, MAX_QUEUE_DELAY_MS, type QueueName } from '../contracts/queue.ts'
import type { AcceptedWebhook } from './accepted.ts'
import { dueAtOf } from './new-jobs.ts'

/** Sends claim checks to one queue, at most 100 at once (the limit of `sendBatch`). */
export type SendJobs = (queue: QueueName, messages: readonly Delayed<JobMessage>[]) => Promise<void>

export interface JobBatch {
  queue: QueueName
  messages: Delayed<JobMessage>[]
}

const MAX_BATCH = 100

/**
 * The claim checks of a stored webhook, in batches by queue, each with its delay. A held job has none: it waits until it is
 * resumed. Nor has one that waits longer than a queue can: the sweep brings it.
 */
export function jobMessages(
  record: Pick<AcceptedWebhook, 'jobs' | 'trace'>,
  times: { createdAt: number; now: number },
): JobBatch[] {
  const batches: JobBatch[] = []
  for (const job of record.jobs) {
    const delayMs = dueAtOf(job, times.createdAt, times.now) - times.now
    if (job.state === 'held' || delayMs > MAX_QUEUE_DELAY_MS) continue
    const message = delayed<JobMessage>({ kind: 'job', jobId: job.id, generation: 1, trace: record.trace }, delayMs)
    const open = batches.find((batch) => batch.queue === job.queue && batch.messages.length < MAX_BATCH)
    if (open) open.messages.push(message)
    else batches.push({ queue: job.queue, messages: [message] })
  }
  return batches
}
