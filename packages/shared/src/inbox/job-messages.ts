import type { Delayed, JobMessage, QueueName } from '../contracts/queue.ts'
import { claimChecks } from '../jobs/claim-checks.ts'
import type { AcceptedWebhook } from './accepted.ts'
import { dueAtOf } from './new-jobs.ts'

/** Sends claim checks to one queue, at most 100 at once (the limit of `sendBatch`). */
export type SendJobs = (queue: QueueName, messages: readonly Delayed<JobMessage>[]) => Promise<void>

export interface JobBatch {
  queue: QueueName
  messages: Delayed<JobMessage>[]
}

const MAX_BATCH = 100

/** The claim checks of a stored webhook, in batches by queue, each with its delay. */
export function jobMessages(
  { jobs, trace }: Pick<AcceptedWebhook, 'jobs' | 'trace'>,
  { createdAt, now }: { createdAt: number; now: number },
): JobBatch[] {
  const rows = jobs.map((job) => ({ ...job, generation: 1, trace, dueAt: dueAtOf(job, createdAt, now) }))
  return [...claimChecks(rows, now)].flatMap(([queue, messages]) => {
    const starts = Array.from({ length: Math.ceil(messages.length / MAX_BATCH) }, (_, n) => n * MAX_BATCH)
    return starts.map((from) => ({ queue, messages: messages.slice(from, from + MAX_BATCH) }))
  })
}
