import * as z from 'zod'
import { actor, auditAction, door, role } from './audit.ts'
import { eventType } from './events.ts'
import { attemptOutcome, deathClass, jobState } from './jobs.ts'
import { queueName } from './queue.ts'

/** RFC 3339 in UTC, as every time in the API. */
const time = z.iso.datetime()

/** A page of a list: newest first; `nextCursor` is null on the last page. `scanned` is there when rows had to be read and left out. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), scanned: z.int().optional() })
}

export const webhookSummary = z.object({
  id: z.string(),
  provider: z.string(),
  eventId: z.string().nullable(),
  type: z.string().nullable(),
  status: z.enum(['accepted', 'ignored']),
  bodySize: z.int(),
  receivedAt: time,
})
export type WebhookSummary = z.infer<typeof webhookSummary>

export const webhookDetail = webhookSummary.extend({
  dedupeKey: z.string(),
  contentType: z.string().nullable(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** Which scheme verified it, with which of the secrets, how old the signature was. */
  verification: z.record(z.string(), z.unknown()),
  trace: z.string(),
  jobs: z.array(z.object({ id: z.string(), status: jobState, connector: z.string(), operation: z.string() })),
})
export type WebhookDetail = z.infer<typeof webhookDetail>

/** A request that ingress did not believe. A flood is sampled: each stands for `count` of them. */
export const rejectedRequest = z.object({
  at: time,
  provider: z.string(),
  /** What was wrong with it; its sender hears one public message for all of them. */
  reason: z.string(),
  method: z.string(),
  ip: z.string().nullable(),
  /** Secrets redacted. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  count: z.int(),
})
export type RejectedRequest = z.infer<typeof rejectedRequest>

export const attempt = z.object({
  id: z.string(),
  /** `null`: a call by `/execute`, which has a request and a client instead. */
  jobId: z.string().nullable(),
  requestId: z.string().nullable(),
  client: z.string().nullable(),
  attempt: z.int(),
  generation: z.int(),
  connector: z.string(),
  operation: z.string(),
  method: z.string(),
  url: z.string(),
  startedAt: time,
  durationMs: z.number(),
  outcome: attemptOutcome,
  status: z.int().nullable(),
  failure: z.string().nullable(),
  error: z.string().nullable(),
  idempotencyKey: z.string(),
  /** How much is kept of the upstream's answer, bytes of UTF-8; null where none came. It is a payload: `reveal` shows it. */
  responseBytes: z.int().nullable(),
  trace: z.string().nullable(),
})
export type Attempt = z.infer<typeof attempt>

export const event = z.object({
  id: z.string(),
  type: eventType,
  at: time,
  provider: z.string().nullable(),
  connector: z.string().nullable(),
  inboxId: z.string().nullable(),
  jobId: z.string().nullable(),
  trace: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})
export type Event = z.infer<typeof event>

export const jobSummary = z.object({
  id: z.string(),
  status: jobState,
  generation: z.int(),
  queue: queueName,
  inboxId: z.string().nullable(),
  route: z.string().nullable(),
  connector: z.string(),
  operation: z.string(),
  /** Attempts made in this generation. */
  attemptCount: z.int(),
  maxAttempts: z.int().nullable(),
  lastError: z.string().nullable(),
  createdAt: time,
  /** When the next attempt is due, while one is. */
  nextAttemptAt: time.nullable(),
  finishedAt: time.nullable(),
})
export type JobSummary = z.infer<typeof jobSummary>

/** What there is of a payload, which `reveal` shows. `webhook`: the pinned route maps it from the body; `stored`: in R2. */
export const payloadSummary = z.object({
  kind: z.enum(['none', 'inline', 'stored', 'webhook']),
  /** Of its JSON, where the row knows. */
  bytes: z.int().nullable(),
})
export type PayloadSummary = z.infer<typeof payloadSummary>

/** What tells whether a job is stuck. */
export const jobEvidence = z.object({
  /** A worker holds it, or held it last. Since when is worked out from the lease, and is exact to the longest attempt's change. */
  claimedAt: time.nullable(),
  leaseUntil: time.nullable(),
  leaseEnded: z.boolean(),
  /** Nobody knows whether the upstream acted on the last call: it gave no answer in time, or its worker was lost. */
  outcomeUnknown: z.boolean(),
  /** In this generation. */
  lostLeases: z.int(),
  nativeDeaths: z.int(),
  /** How often the sweep has sent it again since it last moved, and when it looks next. */
  resends: z.int(),
  nextLookAt: time.nullable(),
})
export type JobEvidence = z.infer<typeof jobEvidence>

export const jobDetail = jobSummary.extend({
  configRevision: z.int(),
  /** Where its route replaces the connector's. */
  policy: z.string().nullable(),
  orderingKey: z.string().nullable(),
  /** What its death does to its ordering key. */
  onDeath: z.enum(['release', 'block']),
  /** The first job of its ordering key, which must end before this one may begin: a dead one until it is replayed or discarded. */
  waitsFor: z.object({ id: z.string(), status: jobState }).nullable(),
  /** Who made it by `POST /jobs`; `null` for a webhook's. */
  client: z.string().nullable(),
  /** The job whose end this one tells. */
  parentId: z.string().nullable(),
  input: payloadSummary,
  result: payloadSummary,
  trace: z.string(),
  leaseUntil: time.nullable(),
  evidence: jobEvidence,
  /** Oldest first, over all generations. */
  attempts: z.array(attempt),
  events: z.array(event),
})
export type JobDetail = z.infer<typeof jobDetail>

export const deadLetter = z.object({
  id: z.string(),
  class: deathClass,
  jobId: z.string(),
  generation: z.int(),
  queue: queueName,
  inboxId: z.string().nullable(),
  connector: z.string().nullable(),
  operation: z.string().nullable(),
  /** Of its webhook. */
  provider: z.string().nullable(),
  eventType: z.string().nullable(),
  /** The same as others' that died of the same error; null in dead letters of older releases. */
  fingerprint: z.string().nullable(),
  error: z.string(),
  attempts: z.int(),
  diedAt: time,
  status: z.enum(['open', 'replayed', 'discarded']),
  closedAt: time.nullable(),
})
export type DeadLetter = z.infer<typeof deadLetter>

/** One of them, with who closed it. Null while it is open, and where it only held a message. */
export const deadLetterDetail = deadLetter.extend({
  closedBy: z
    .object({
      /** `null`: its sender delivered the event again. */
      actor: actor.nullable(),
      reason: z.string().nullable(),
      /** The audit entry that holds the intent. */
      auditSeq: z.int().nullable(),
    })
    .nullable(),
})
export type DeadLetterDetail = z.infer<typeof deadLetterDetail>

export const MAX_REASON_LENGTH = 1_000
export const replayRequest = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1, 'say why: the reason is kept in the audit log')
    .max(MAX_REASON_LENGTH)
    .refine((text) => text === '' || /[\p{L}\p{N}]/u.test(text), 'say why in words that can be read')
    .refine((text) => !/[\p{Cc}\p{Cf}]/u.test(text.replace(/[\n\r\t]/g, '')), 'has characters that cannot be seen')
    .refine((text) => text.isWellFormed(), 'is no well-formed Unicode'),
})
export type ReplayRequest = z.infer<typeof replayRequest>

export const replayResponse = z.object({
  deadLetterId: z.string(),
  jobId: z.string(),
  generation: z.int(),
  status: z.literal('queued'),
  auditSeq: z.int(),
})
export type ReplayResponse = z.infer<typeof replayResponse>

/** `POST /v1/dead-letters/:id/discard`. `auditSeq` is null where it was discarded before. */
export const discardResponse = z.object({
  deadLetterId: z.string(),
  jobId: z.string(),
  status: z.literal('discarded'),
  auditSeq: z.int().nullable(),
})
export type DiscardResponse = z.infer<typeof discardResponse>

export const webhookReplayRequest = replayRequest.extend({
  /** Only these routes, whatever their types and filters say. Without them, every route that takes the webhook now. */
  routes: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
})
export type WebhookReplayRequest = z.infer<typeof webhookReplayRequest>

export const webhookReplayResponse = z.object({
  webhookId: z.string(),
  /** `created` is false for a job that was there: still alive, or made by a replay a moment ago. */
  jobs: z.array(z.object({ id: z.string(), route: z.string(), created: z.boolean() })),
  /** Routes whose filter or ordering key could not be evaluated. */
  failedRoutes: z.array(z.object({ route: z.string(), reason: z.string() })),
  auditSeq: z.int(),
})
export type WebhookReplayResponse = z.infer<typeof webhookReplayResponse>

export const auditEntry = z.object({
  seq: z.int(),
  at: time,
  actor,
  role: role.nullable(),
  door,
  action: auditAction,
  target: z.string(),
  reason: z.string().nullable(),
  /** The sequence of the intent this entry concludes. */
  intentSeq: z.int().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  ip: z.string().nullable(),
  requestId: z.string(),
  /** Cloudflare's id of the request. */
  ray: z.string().nullable(),
  /** While the actor acts as somebody else: the impersonation's id, and `client:<id>` or `role:<role>`. */
  impersonation: z.string().nullable(),
  actingAs: z.string().nullable(),
  prevHash: z.string(),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof auditEntry>

/** `GET /v1/me`: who one is here, and what that allows. */
export const me = z.object({
  actor,
  /** As the identity provider names them, ids too; none of a service token. */
  groups: z.array(z.string()),
  /** Each role with those that it contains. While one acts as somebody else, no more than that allows. */
  roles: z.array(role),
  /** `role:<role>` while one acts with a lower role (`Orchestrator-Impersonation`); null as oneself. */
  actingAs: z.string().nullable(),
  /** What each role allows, in a line. */
  allows: z.array(z.object({ role, what: z.string() })),
})
export type Me = z.infer<typeof me>

export const componentHealth = z.object({
  name: z.string(),
  status: z.enum(['up', 'down']),
  latencyMs: z.number(),
  detail: z.string().nullable(),
})
export type ComponentHealth = z.infer<typeof componentHealth>

/** What the overview page shows. A part that cannot be read is null and named in `unavailable`. */
export const overview = z.object({
  components: z.array(componentHealth),
  jobs: z.object({ waiting: z.int(), running: z.int(), oldestWaitingAt: time.nullable() }).nullable(),
  queues: z.array(z.object({ queue: z.string(), backlog: z.int().nullable() })),
  deadLetters: z.object({ open: z.int(), capped: z.boolean() }).nullable(),
  unavailable: z.array(z.string()),
})
export type Overview = z.infer<typeof overview>
