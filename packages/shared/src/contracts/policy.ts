import * as z from 'zod'

/** The longest time that a policy can name, ms: dates are computed with it. */
const YEAR_MS = 366 * 86_400_000
const ms = z.int().nonnegative().max(YEAR_MS)

/** `429`, `5xx`, `500-504`; with `!` in front an exclusion, which wins over everything that is named beside it. */
const status = String.raw`!?(?:[1-9]\d\d(?:-[1-9]\d\d)?|[1-5]xx)`
export const statusPattern = z
  .string()
  .regex(new RegExp(`^${status}$`), 'a status (429), a class (5xx) or a range (500-504), with ! to exclude')
const failurePattern = z
  .string()
  .regex(new RegExp(`^(?:${status}|timeout|network)$`), 'a status, a class, a range (with ! to exclude), timeout or network')

/** How long one attempt and the whole work may take. */
export const timeoutPolicy = z.object({
  perAttemptMs: z.int().min(1).max(120_000),
  /** From the first attempt of a generation (jobs) or the arrival of the request (`/execute`). */
  totalMs: z.int().min(1).max(YEAR_MS),
})

/** When and how often to try again. The delay before attempt n+1 has the cap `backoff(n)`; jitter stays inside it. */
export const retryPolicy = z.object({
  maxAttempts: z.int().min(1).max(100),
  backoff: z.enum(['exponential', 'linear', 'list']),
  baseMs: ms,
  maxMs: ms,
  listMs: z.array(ms).max(100).optional(),
  jitter: z.enum(['none', 'full', 'equal']),
  /** Failures worth another attempt: statuses (`429`, `5xx`, `500-504`, `!501`) or the classes `timeout` and `network`. */
  retryOn: z.array(failurePattern).max(100),
  /** An answer that forbids further attempts, whatever `retryOn` says. */
  stopOn: z.array(statusPattern).max(100),
  respectRetryAfter: z.boolean(),
  /** Longest wait that `Retry-After` or a reset header may ask for. */
  retryAfterCapMs: ms,
  /** Whether the reset headers of a rate limit are heard like `Retry-After`. */
  resetHeaders: z.boolean().default(false),
  /** Retries are at most this share of the connector's calls, with so many a second free in any case. */
  budget: z
    .object({ ratio: z.number().min(0).max(1), minPerSecond: z.number().min(0).max(1_000) })
    .nullable()
    .default(null),
})

/** Stops calls to an upstream that fails: closed → open → half-open → closed. */
export const circuitBreakerPolicy = z.object({
  windowMs: z.int().min(1_000).max(600_000),
  minCalls: z.int().min(1).max(1_000_000),
  /** Opens when this share of the calls in the window failed, (0, 1]. */
  failureRate: z.number().gt(0).max(1),
  openMs: z.int().min(2_000).max(3_600_000),
  halfOpenCalls: z.int().min(1).max(100),
  countAsFailure: z.array(failurePattern).max(100),
  /** What to do when the breaker itself cannot be asked. */
  onUnavailable: z.enum(['failOpen', 'failClosed']).default('failOpen'),
})

/** JSONata over `{connector, operation, client, input}`; calls with the same value share a limit. `null`: all of the connector. */
const limitKey = z.string().min(1).max(1_000).nullable().default(null)

/** Token bucket: `limit` calls in each `perMs`, and `burst` above it. */
export const rateLimitPolicy = z.object({
  limit: z.int().min(1).max(1_000_000_000),
  perMs: z.int().min(1_000).max(YEAR_MS),
  burst: z.int().nonnegative().max(1_000_000_000),
  key: limitKey,
  onUnavailable: z.enum(['failOpen', 'failClosed']).default('failClosed'),
})

/** At most `limit` calls in flight at the same time. */
export const concurrencyPolicy = z.object({
  limit: z.int().min(1).max(10_000),
  key: limitKey,
  onUnavailable: z.enum(['failOpen', 'failClosed']).default('failClosed'),
})

/** A second call of an idempotent operation when the first has not answered after `delayMs`; `max` more calls in all. */
export const hedgePolicy = z.object({
  delayMs: z.int().min(1).max(120_000),
  max: z.int().min(1).max(3),
})

/** A connector of which every call failed for so long is paused; warnings come on the way. */
export const autoPausePolicy = z.object({
  afterMs: z.int().min(60_000).max(YEAR_MS),
  warnAfterMs: z.array(z.int().min(1_000).max(YEAR_MS)).max(10),
})

/** How repeated work is recognised, by us (`/execute`) and by the upstream. */
export const idempotencyPolicy = z.object({
  /** `/execute` refuses calls without an `Idempotency-Key`. */
  required: z.boolean().default(false),
  /** How long a stored answer is given again. */
  ttlMs: z
    .int()
    .min(60_000)
    .max(30 * 86_400_000)
    .default(86_400_000),
  /** `job`: one key for all attempts and replays; `attempt`: renewed after a received failure. */
  keyPer: z.enum(['job', 'attempt']),
})

export const policy = z.object({
  id: z.string().min(1),
  timeout: timeoutPolicy,
  retry: retryPolicy,
  circuitBreaker: circuitBreakerPolicy.nullable(),
  rateLimit: rateLimitPolicy.nullable(),
  concurrency: concurrencyPolicy.nullable().default(null),
  hedge: hedgePolicy.nullable().default(null),
  autoPause: autoPausePolicy.nullable().default(null),
  idempotency: idempotencyPolicy,
})

export type Policy = z.infer<typeof policy>
export type RetryPolicy = z.infer<typeof retryPolicy>
export type CircuitBreakerPolicy = z.infer<typeof circuitBreakerPolicy>
export type RateLimitPolicy = z.infer<typeof rateLimitPolicy>
export type ConcurrencyPolicy = z.infer<typeof concurrencyPolicy>
export type HedgePolicy = z.infer<typeof hedgePolicy>
export type AutoPausePolicy = z.infer<typeof autoPausePolicy>
