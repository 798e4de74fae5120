import type { JobMessage, QueueName } from '../contracts/queue.ts'
import type { AcceptedWebhook } from './accepted.ts'

/** Sends claim checks to one queue, at most 100 at once (the limit of `sendBatch`). */
export type SendJobs = (queue: QueueName, messages: readonly JobMessage[]) => Promise<void>

const MAX_BATCH = 100

/** The claim checks of a stored webhook, in batches by queue. A held job has none: it waits until it is resumed. */
export function jobMessages(record: AcceptedWebhook): { queue: QueueName; messages: JobMessage[] }[] {
  const batches: { queue: QueueName; messages: JobMessage[] }[] = []
  for (const job of record.jobs) {
    if (job.state === 'held') continue
    const message: JobMessage = { kind: 'job', jobId: job.id, generation: 1, trace: record.trace }
    const open = batches.find((batch) => batch.queue === job.queue && batch.messages.length < MAX_BATCH)
    if (open) open.messages.push(message)
    else batches.push({ queue: job.queue, messages: [message] })
  }
  return batches
}
