/** What product backends send to execution and get back: `/execute` and `/jobs` (docs/execution.md). */
import * as z from 'zod'
import { jobState, attemptOutcome } from './jobs.ts'
import { queueName } from './queue.ts'
import { slug } from './slug.ts'

const time = z.iso.datetime()
/** How far ahead a job may be put off: a year. */
export const MAX_DELAY_SECONDS = 366 * 86_400

/** The longest `/execute` waits for its answer, ms, and what it waits by default. */
export const MAX_EXECUTE_MS = 120_000
export const DEFAULT_EXECUTE_MS = 30_000

/** `Idempotency-Key`: printable ASCII; a quoted string (RFC 8941) stands for what is in the quotes. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 printable ASCII characters without spaces')

/** Jobs of a client with the same key run one after another, in order of arrival. SQLite's text ends at a NUL. */
export const orderingKey = z.string().regex(/^[^\p{Cc}]{1,256}$/u, '1 to 256 characters, none of them a control character')

const call = { connector: slug, operation: slug, input: z.unknown() }

/** `POST /execute`. */
export const executeRequest = z.strictObject({
  ...call,
  timeoutMs: z.int().min(1).max(MAX_EXECUTE_MS).default(DEFAULT_EXECUTE_MS),
})
export type ExecuteRequest = z.infer<typeof executeRequest>

/** The answer of the upstream. */
export const executeResponse = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  /** JSON as a value, other text as a string, what is not UTF-8 as base64 with `bodyEncoding`. */
  body: z.unknown(),
  bodyEncoding: z.literal('base64').optional(),
  attempts: z.int(),
  requestId: z.string(),
})
export type ExecuteResponse = z.infer<typeof executeResponse>

/** A call of the client's own choice that tells how a job ended: its input is {@link callbackInput}. */
const callback = z.strictObject({ connector: slug, operation: slug, queue: queueName.default('default') })

/** `POST /jobs`. `runAt` or `delaySeconds`, not both; up to a year ahead. */
export const jobRequest = z
  .strictObject({
    ...call,
    queue: queueName.default('default'),
    runAt: time.optional(),
    delaySeconds: z.int().min(0).max(MAX_DELAY_SECONDS).optional(),
    orderingKey: orderingKey.optional(),
    /** What the death of this job does to its ordering key. */
    onDeath: z.enum(['release', 'block']).default('release'),
    callback: callback.optional(),
    /** How long the result can be read after the end. */
    resultTtlSeconds: z
      .int()
      .min(0)
      .max(30 * 86_400)
      .default(86_400),
  })
  .refine((job) => job.runAt === undefined || job.delaySeconds === undefined, {
    path: ['runAt'],
    message: 'runAt and delaySeconds exclude each other',
  })
export type JobRequest = z.infer<typeof jobRequest>

export const MAX_BATCH_JOBS = 500

/** `POST /jobs/batch`: all jobs are made or none. */
export const jobBatchRequest = z.strictObject({ jobs: z.array(jobRequest).min(1).max(MAX_BATCH_JOBS) })
export type JobBatchRequest = z.infer<typeof jobBatchRequest>

export const jobCreated = z.object({ id: z.string(), status: jobState })
export type JobCreated = z.infer<typeof jobCreated>
export const jobBatchCreated = z.object({ jobs: z.array(jobCreated) })
export type JobBatchCreated = z.infer<typeof jobBatchCreated>

/** One attempt, as the client sees it. */
export const jobAttempt = z.object({
  attempt: z.int(),
  generation: z.int(),
  startedAt: time,
  durationMs: z.number(),
  outcome: attemptOutcome,
  status: z.int().nullable(),
  error: z.string().nullable(),
})

/** `GET /jobs/:id`. */
export const jobView = z.object({
  id: z.string(),
  status: jobState,
  connector: z.string(),
  operation: z.string(),
  queue: queueName,
  orderingKey: z.string().nullable(),
  createdAt: time,
  /** No attempt before this time. */
  dueAt: time,
  finishedAt: time.nullable(),
  generation: z.int(),
  attempts: z.array(jobAttempt),
  lastError: z.string().nullable(),
  /** `{status, body}` of the successful answer, until `resultExpiresAt`. */
  result: z.object({ status: z.int().nullable(), body: z.unknown() }).nullable(),
  resultExpiresAt: time.nullable(),
  /** The job that told the end of this one, and the job whose end this one tells. */
  callbackJobId: z.string().nullable(),
  parentId: z.string().nullable(),
})
export type JobView = z.infer<typeof jobView>

/**
 * The input of a callback. A result of more than 64 KB is not told: it is `null` here, and `GET /jobs/:id` has it.
 */
export const callbackInput = z.object({ job: jobView.omit({ attempts: true }) })

/** `GET /jobs`: without attempts and result. */
export const jobSummary = jobView.omit({ attempts: true, result: true })
export type JobSummary = z.infer<typeof jobSummary>
export const jobPage = z.object({ items: z.array(jobSummary), nextCursor: z.string().nullable() })
export type JobPage = z.infer<typeof jobPage>
