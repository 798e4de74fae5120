import * as z from 'zod'

/** The states of a job, as the design draws them. `dead` ends a generation; `succeeded` and `cancelled` end the job. */
export const JOB_STATES = ['scheduled', 'queued', 'running', 'retrying', 'held', 'succeeded', 'dead', 'cancelled'] as const
export const jobState = z.enum(JOB_STATES)
export type JobState = z.infer<typeof jobState>

/** Why a job died. */
export const DEATH_CLASSES = [
  'upstream_rejected',
  'upstream_failed',
  'timeout',
  'breaker_open',
  'config_error',
  'poison',
  'platform',
] as const
export const deathClass = z.enum(DEATH_CLASSES)
export type DeathClass = z.infer<typeof deathClass>

/** `unknown`: sent, and no answer came, so the upstream may or may not have acted. */
export const attemptOutcome = z.enum(['success', 'failure', 'unknown'])
export type AttemptOutcome = z.infer<typeof attemptOutcome>

/** One call of an upstream, as the request log keeps it. Times in ms. */
export const attemptRecord = z.object({
  attempt: z.int().positive(),
  generation: z.int().positive(),
  operation: z.string(),
  method: z.string(),
  url: z.string(),
  startedAt: z.int(),
  durationMs: z.number(),
  outcome: attemptOutcome,
  status: z.int().nullable(),
  /** Why it failed; `aborted`: the caller went away, or another of the hedged calls was faster. */
  failure: z.enum(['status', 'timeout', 'network', 'config', 'aborted']).nullable(),
  error: z.string().nullable(),
  idempotencyKey: z.string(),
  /** The start of the upstream's answer, for the operator. */
  responseExcerpt: z.string().nullable(),
  /** Of a call by `/execute`, which has no job. */
  requestId: z.string().optional(),
  client: z.string().optional(),
})
export type AttemptRecord = z.infer<typeof attemptRecord>

/** What an operator makes of a job that is stuck. */
export const resolution = z.enum(['retry', 'dead', 'succeeded', 'cancelled'])
export type Resolution = z.infer<typeof resolution>
