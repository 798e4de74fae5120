import * as z from 'zod'
import { isId } from '../core/ids.ts'
import { queueName } from '../contracts/queue.ts'

const inboxId = z.string().refine((id) => isId('whk', id), 'an inbox id')

const acceptedJob = z.object({
  id: z.string().refine((id) => isId('job', id), 'a job id'),
  /** `held`: the provider is paused; nothing is sent for it. `scheduled`: its route delays it. */
  state: z.enum(['queued', 'scheduled', 'held']),
  queue: queueName,
  route: z.string(),
  connector: z.string(),
  operation: z.string(),
  /** Replaces the connector's policy. */
  policy: z.string().nullable().default(null),
  /** Seconds from the webhook's arrival to the first attempt. */
  delaySeconds: z.int().nonnegative().default(0),
  /** Jobs with the same key run one after another, in order of arrival. */
  orderingKey: z.string().nullable().default(null),
  /** What its death does to that key. */
  onDeath: z.enum(['release', 'block']).default('release'),
})
export type AcceptedJob = z.infer<typeof acceptedJob>

/** A route whose expression could not be evaluated: it made no job. The log keeps it as `route.filter_failed`. */
const routeFailure = z.object({
  route: z.string(),
  part: z.enum(['filter', 'orderingKey']),
  /** For the operator. */
  reason: z.string(),
})
export type RouteFailure = z.infer<typeof routeFailure>

/**
 * A verified webhook with everything that will be written for it, all ids minted. The same record goes to D1, into an R2
 * object or into a queue message, so that it is stored once however often and by whichever way it arrives.
 */
export const acceptedWebhook = z.object({
  v: z.literal(1),
  id: inboxId,
  provider: z.string(),
  /** A delivery that was seen under any of them is a duplicate; the first one is the row's. */
  dedupeKeys: z.array(z.string().min(1)).min(1).max(2),
  /** A redelivery revives the jobs of this event that are dead. */
  reviveDead: z.boolean().default(true),
  dedupeWindowMs: z.int().positive(),
  eventId: z.string().nullable(),
  type: z.string().nullable(),
  status: z.enum(['accepted', 'ignored']),
  /** Why no route was looked for, where that is so. */
  note: z.enum(['not_json', 'too_large_to_parse']).nullable(),
  receivedAt: z.int(),
  /** Of the address it was posted to; the query without what proves an identity (`redactQuery`), without `?`. */
  path: z.string().default(''),
  query: z.string().default(''),
  headers: z.array(z.tuple([z.string(), z.string()])),
  contentType: z.string().nullable(),
  bodySize: z.int().nonnegative(),
  bodyEncoding: z.enum(['utf8', 'base64', 'r2']),
  body: z.string(),
  verification: z.record(z.string(), z.unknown()),
  trace: z.string(),
  configRevision: z.int().positive(),
  /** How long a job may wait before the sweep sends it again, ms. */
  resendGraceMs: z.int().positive(),
  jobs: z.array(acceptedJob),
  routeFailures: z.array(routeFailure).default([]),
})
export type AcceptedWebhook = z.infer<typeof acceptedWebhook>

/** The record as text, for an R2 object or a queue message. */
export function serialiseAccepted(record: AcceptedWebhook): string {
  return JSON.stringify(record)
}

/** Reads {@link serialiseAccepted}; `undefined` when the text is not such a record. */
export function parseAccepted(text: string): AcceptedWebhook | undefined {
  try {
    return acceptedWebhook.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
