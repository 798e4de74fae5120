import * as z from 'zod'

/** The four queues, highest priority first. Each has a dead-letter queue of its own named `<queue>-dlq`. */
export const QUEUE_NAMES = ['webhook', 'critical', 'default', 'low'] as const
export const queueName = z.enum(QUEUE_NAMES)
export type QueueName = z.infer<typeof queueName>

/** The dead-letter queue of a queue. */
export function dlqOf<Q extends QueueName>(queue: Q): `${Q}-dlq` {
  return `${queue}-dlq`
}

/** The longest delay of a message, ms; longer waits stay in the database for the sweep. */
export const MAX_QUEUE_DELAY_MS = 86_400_000

/** A message with the time it is to wait, seconds. */
export interface Delayed<T> {
  body: T
  delaySeconds: number
}

/** Queues count in seconds; rounding up never brings a message in early. */
export function delayed<T>(body: T, delayMs: number): Delayed<T> {
  return { body, delaySeconds: Math.max(0, Math.ceil(delayMs / 1_000)) }
}

/** A claim check: the job itself is in the database, which decides. `trace` is a W3C traceparent. */
export const jobMessage = z.object({
  kind: z.literal('job'),
  jobId: z.string(),
  generation: z.int().positive(),
  trace: z.string(),
})
export type JobMessage = z.infer<typeof jobMessage>

/** DATA was down at ingest: the accepted webhook lies in R2 under `fallback/<id>`. */
export const fallbackPointerMessage = z.object({
  kind: z.literal('fallback-pointer'),
  inboxId: z.string(),
  key: z.string(),
})
export type FallbackPointerMessage = z.infer<typeof fallbackPointerMessage>

/**
 * DATA and R2 were down at ingest: the message is the webhook (a serialised accepted webhook, see `inbox/accepted.ts`).
 * At most 100,000 bytes, sent with content type `v8`.
 */
export const fallbackWebhookMessage = z.object({
  kind: z.literal('fallback-webhook'),
  inboxId: z.string(),
  record: z.string(),
})
export type FallbackWebhookMessage = z.infer<typeof fallbackWebhookMessage>

/** What the four queues carry. */
export const queueMessage = z.discriminatedUnion('kind', [jobMessage, fallbackPointerMessage, fallbackWebhookMessage])
export type QueueMessage = z.infer<typeof queueMessage>

/** Tells control that a job died. The row in `dead_letters` is the truth; this is notification. */
export const deadLetterNotice = z.object({
  kind: z.literal('dead-letter'),
  jobId: z.string(),
  generation: z.int().positive(),
  trace: z.string(),
})
export type DeadLetterNotice = z.infer<typeof deadLetterNotice>
