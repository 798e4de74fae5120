/** What is done to many at once: plan, reason, run (`/v1/bulk-operations`). */
import * as z from 'zod'
import { actor } from './audit.ts'
import { replayRequest } from './control-api.ts'
import { deathClass, jobState } from './jobs.ts'
import { queueName } from './queue.ts'
import { slug } from './slug.ts'

const time = z.iso.datetime()
const text = z.string().min(1).max(200)

/** Of open dead letters. Every field that is given must fit; `from` and `to` are the time of death, `to` excluded. */
export const deadLetterFilter = z.strictObject({
  queue: queueName.optional(),
  class: deathClass.optional(),
  connector: slug.optional(),
  provider: slug.optional(),
  eventType: text.optional(),
  /** Of a group of the same error (`GET /v1/dead-letters/groups`). */
  fingerprint: text.optional(),
  /** Somewhere in the error, in any case. */
  error: text.optional(),
  from: time.optional(),
  to: time.optional(),
})
export type DeadLetterFilter = z.infer<typeof deadLetterFilter>

/** Of received webhooks, the ignored ones too. A time range is needed. */
export const webhookFilter = z.strictObject({
  provider: slug.optional(),
  type: text.optional(),
  status: z.enum(['accepted', 'ignored']).optional(),
  from: time,
  to: time,
})
export type WebhookFilter = z.infer<typeof webhookFilter>

/** Of jobs that wait. */
export const waitingJobFilter = z.strictObject({
  queue: queueName.optional(),
  connector: slug.optional(),
  operation: slug.optional(),
  client: slug.optional(),
  provider: slug.optional(),
  route: slug.optional(),
  status: jobState.extract(['scheduled', 'queued', 'retrying', 'held']).optional(),
  from: time.optional(),
  to: time.optional(),
})
export type WaitingJobFilter = z.infer<typeof waitingJobFilter>

/** How a dead job goes on. */
export const replayOptions = z.strictObject({
  /** `pinned`: the configuration that it was made under; `current`: the one in force now. */
  config: z.enum(['pinned', 'current']).default('pinned'),
  /** `new` makes the upstream take it for another call: what a call of unknown outcome did is then done twice. */
  idempotencyKey: z.enum(['same', 'new']).default('same'),
})
export type ReplayOptions = z.infer<typeof replayOptions>

/** What is to be done, and to which. */
export const bulkTarget = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('replay_dead_letters'),
    filter: deadLetterFilter,
    options: replayOptions.prefault({}),
  }),
  z.strictObject({ kind: z.literal('discard_dead_letters'), filter: deadLetterFilter }),
  z.strictObject({
    kind: z.literal('replay_webhooks'),
    filter: webhookFilter,
    /** Only these routes, whatever their types and filters say. */
    routes: z.array(slug).min(1).max(100).optional(),
  }),
  z.strictObject({ kind: z.literal('cancel_jobs'), filter: waitingJobFilter }),
])
export type BulkTarget = z.infer<typeof bulkTarget>
export type BulkKind = BulkTarget['kind']

export const MAX_BULK_RATE = 500

/** `POST /v1/bulk-operations/plan {target, ratePerSecond?}`: nothing is done. */
export const bulkPlanRequest = z.strictObject({
  target: bulkTarget,
  ratePerSecond: z.int().min(1).max(MAX_BULK_RATE).default(50),
})
export const bulkPlan = z.object({
  target: bulkTarget,
  count: z.int(),
  /** There are more; no more than this are counted. */
  capped: z.boolean(),
  /** The newest of them: ids, and a line about each. */
  sample: z.array(z.object({ id: z.string(), about: z.string() })),
  ratePerSecond: z.int(),
  estimatedSeconds: z.int(),
})
export type BulkPlan = z.infer<typeof bulkPlan>

/** `POST /v1/bulk-operations` → 202. What matches when it begins is taken; what comes later is not. */
export const bulkRequest = bulkPlanRequest.extend({
  /** Pauses by itself when so many of those it put back to work have failed (or could not be put back); null never. */
  stopAfterFailures: z.int().min(1).max(1_000_000).nullable().default(null),
  reason: replayRequest.shape.reason,
})
export type BulkRequest = z.infer<typeof bulkRequest>

export const BULK_STATUSES = ['running', 'paused', 'stopped', 'cancelled', 'done'] as const

/** `GET /v1/bulk-operations/:id`. `stopped`: by `stopAfterFailures`; `resume` goes on, and counts from zero. */
export const bulkOperation = z.object({
  id: z.string(),
  target: bulkTarget,
  status: z.enum(BULK_STATUSES),
  ratePerSecond: z.int(),
  stopAfterFailures: z.int().nullable(),
  reason: z.string(),
  actor,
  auditSeq: z.int(),
  createdAt: time,
  finishedAt: time.nullable(),
  /** What the plan counted; done, skipped (no longer as the filter wants it) and failed of them. */
  total: z.int(),
  done: z.int(),
  skipped: z.int(),
  failed: z.int(),
  lastError: z.string().nullable(),
})
export type BulkOperation = z.infer<typeof bulkOperation>

/** `POST /v1/bulk-operations/:id/pause|resume|cancel {reason}` → the operation. */

/** `GET /v1/dead-letters/groups`: open dead letters by what they died of, the most frequent first. Filters as in the list. */
export const deadLetterGroup = z.object({
  fingerprint: z.string(),
  class: deathClass,
  connector: slug.nullable(),
  count: z.int(),
  /** One of the errors. */
  error: z.string(),
  firstDiedAt: time,
  lastDiedAt: time,
})
export type DeadLetterGroup = z.infer<typeof deadLetterGroup>
export const deadLetterGroups = z.object({
  items: z.array(deadLetterGroup),
  /** There are more dead letters than were looked at. */
  capped: z.boolean(),
})
export type DeadLetterGroups = z.infer<typeof deadLetterGroups>
