/** What operators do with single jobs, and how payloads are shown. */
import * as z from 'zod'
import { jobSummary, replayRequest } from './control-api.ts'
import { jobState, resolution } from './jobs.ts'

const time = z.iso.datetime()

/** `POST /v1/jobs/:id/reveal {reason}`: audited before it is answered. */
export const revealedJob = z.object({
  jobId: z.string(),
  /** What it sends: its own input, or what its route maps from the webhook. `unavailable` says why that cannot be told. */
  input: z.object({ value: z.unknown(), unavailable: z.string().nullable() }),
  /** `{status, body}` of the successful answer; null while there is none. */
  result: z.unknown(),
  /** The start of each answer of the upstream, oldest first; null where none came. */
  attempts: z.array(z.object({ id: z.string(), responseExcerpt: z.string().nullable() })),
  auditSeq: z.int(),
})
export type RevealedJob = z.infer<typeof revealedJob>

/** `POST /v1/attempts/:id/reveal {reason}`. */
export const revealedAttempt = z.object({
  attemptId: z.string(),
  responseExcerpt: z.string().nullable(),
  auditSeq: z.int(),
})
export type RevealedAttempt = z.infer<typeof revealedAttempt>

/** `POST /v1/inbox/:id/reveal {reason}`. */
export const revealedWebhook = z.object({
  webhookId: z.string(),
  /** As they are stored: what proves an identity is redacted. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  contentType: z.string().nullable(),
  /** As it came, compressed if it came so. Null where it is over 1 MiB, or not kept any more; `unavailable` says which. */
  body: z.object({ encoding: z.enum(['utf8', 'base64']), data: z.string() }).nullable(),
  bodyBytes: z.int(),
  unavailable: z.string().nullable(),
  auditSeq: z.int(),
})
export type RevealedWebhook = z.infer<typeof revealedWebhook>

/** `POST /v1/jobs/:id/cancel {reason}`. `auditSeq` is null where it was cancelled before. */
export const cancelResponse = z.object({
  jobId: z.string(),
  status: z.literal('cancelled'),
  auditSeq: z.int().nullable(),
})
export type CancelResponse = z.infer<typeof cancelResponse>

/** `POST /v1/jobs/:id/resolve`. */
export const resolveRequest = replayRequest.extend({
  /** `succeeded`: somebody has seen at the upstream that the work is done. */
  as: resolution,
  /** Only while it is in this generation; without it, the one that it is in. */
  generation: z.int().min(1).optional(),
  /** Takes it away even from a worker whose lease has not ended: its call goes on, and may act. */
  force: z.boolean().default(false),
})
export type ResolveRequest = z.infer<typeof resolveRequest>
export const resolveResponse = z.object({
  jobId: z.string(),
  generation: z.int(),
  status: jobState,
  auditSeq: z.int(),
})
export type ResolveResponse = z.infer<typeof resolveResponse>

/** `GET /v1/jobs/stuck`. */
export const stuckJob = jobSummary.extend({
  /** `lease_ended`: its worker has not been heard of. `overdue`: nobody has looked at it since it was due for a look. */
  why: z.enum(['lease_ended', 'overdue']),
  leaseUntil: time.nullable(),
  /** When the sweep is to look at it (again). */
  nextLookAt: time.nullable(),
  /** How often the sweep has sent it again since it last moved. */
  resends: z.int(),
})
export type StuckJob = z.infer<typeof stuckJob>
export const stuckJobs = z.object({
  items: z.array(stuckJob),
  /** There are more than are shown, or more jobs wait than were looked at. */
  capped: z.boolean(),
})
export type StuckJobs = z.infer<typeof stuckJobs>

/** `GET /v1/ordering-keys?key=…`: as a job shows it. One line a database that has jobs of the key. */
export const orderingKey = z.object({
  key: z.string(),
  lines: z.array(
    z.object({
      first: z.object({ id: z.string(), status: jobState, generation: z.int(), connector: z.string(), operation: z.string() }),
      /** Why it is not done yet. `blocked`: it is dead, and nobody passes it until it is replayed, discarded or passed over. */
      why: z.enum(['blocked', 'running', 'due', 'waits_until', 'held']),
      /** When it is due, its lease ends, or since when it is dead; null where no time matters. */
      at: time.nullable(),
      lastError: z.string().nullable(),
      /** Behind it, at most 1,000. */
      waiting: z.int(),
      capped: z.boolean(),
    }),
  ),
})
export type OrderingKey = z.infer<typeof orderingKey>

/** Keys hold any characters, `/` and `..` too: no place for them in a path. */
const key = z.string().min(1).max(400)

/** `POST /v1/ordering-keys/release`. */
export const releaseKeyRequest = replayRequest.extend({
  key,
  /** Only if it is this job that blocks the key. */
  jobId: z.string().max(60).optional(),
})
export type ReleaseKeyRequest = z.infer<typeof releaseKeyRequest>
/** The dead jobs that were passed over, and those whose turn has come. */
export const releaseKeyResponse = z.object({
  key: z.string(),
  passed: z.array(z.string()),
  next: z.array(z.string()),
  auditSeq: z.int(),
})
export type ReleaseKeyResponse = z.infer<typeof releaseKeyResponse>
