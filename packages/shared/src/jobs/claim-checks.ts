import { delayed, type Delayed, type JobMessage, MAX_QUEUE_DELAY_MS, type QueueName } from '../contracts/queue.ts'
import type { NextJob } from './ordering.ts'

/**
 * The claim checks of jobs that are new or whose turn has come, by queue. None for a held job, which waits until it is resumed, and
 * for one that is due later than a queue can wait: the sweep brings it.
 */
export function claimChecks(jobs: readonly NextJob[], now: number): Map<QueueName, Delayed<JobMessage>[]> {
  const messages = new Map<QueueName, Delayed<JobMessage>[]>()
  for (const { id: jobId, generation, queue, trace, state, dueAt } of jobs) {
    const delayMs = dueAt - now
    if (state === 'held' || delayMs > MAX_QUEUE_DELAY_MS) continue
    const message = delayed<JobMessage>({ kind: 'job', jobId, generation, trace }, delayMs)
    messages.set(queue, [...(messages.get(queue) ?? []), message])
  }
  return messages
}
