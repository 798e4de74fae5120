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
  /** Jobs that wait (queued, retrying, held), whether or not a message of theirs is under way; null when a database does not say. */
  waiting: z
    .object({
      jobs: z.int(),
      /** When the job that waits longest was made; of the first thousand by the time of their next turn. */
      oldestAt: z.iso.datetime().nullable(),
      /** Whether there are more than were counted. */
      capped: z.boolean(),
    })
    .nullable(),
  /** Open dead letters of its jobs; null when a database does not say. */
  deadLetters: z.object({ open: z.int(), capped: z.boolean() }).nullable(),
})
export type QueueView = z.infer<typeof queueView>

export const queueList = z.object({
  items: z.array(queueView),
  configRevision: z.int(),
  /** The databases and queues that did not answer. */
  unavailable: z.array(z.string()),
})
export type QueueList = z.infer<typeof queueList>

export const changedQueue = queueView.omit({ backlog: true, waiting: true, deadLetters: true }).extend(changed)
export type ChangedQueue = z.infer<typeof changedQueue>
