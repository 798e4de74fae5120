/** Queues by API, and what operators hold. */
import * as z from 'zod'
import { changed, etag } from './config-api.ts'
import { queueName } from './queue.ts'

/** A queue as it is read. */
export const queueView = z.object({
  etag,
  name: queueName,
  paused: z.boolean(),
  /** Messages that wait; `null` when the queue does not say. */
  backlog: z.int().nullable(),
})
export type QueueView = z.infer<typeof queueView>

export const queueList = z.object({ items: z.array(queueView), configRevision: z.int() })
export type QueueList = z.infer<typeof queueList>

export const changedQueue = queueView.omit({ backlog: true }).extend(changed)
export type ChangedQueue = z.infer<typeof changedQueue>
