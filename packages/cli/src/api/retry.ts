import { equalJitter, exponential } from '@orchestrator/shared/core/backoff'
import type { Random } from '@orchestrator/shared/core/ids'
import { parseRetryAfter } from '@orchestrator/shared/core/retry-after'

const MAX_ATTEMPTS = 4
const BASE_MS = 300
const MAX_MS = 5_000
/** Who is asked to wait longer is told so instead. */
const LONGEST_ASKED_WAIT_MS = 60_000
const RETRYABLE_STATUS = new Set([429, 502, 503, 504])
const RETRYABLE_FAILURES = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TIMEOUT', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'])

export type Failure = { status: number; retryAfter: string | null } | { code: string }

/** How long to wait before a safe request is made again, ms; null: give up. `attempt` counts from 1, `now` in ms. */
export function waitBeforeRetry(failure: Failure, attempt: number, now: number, random: Random): number | null {
  if (attempt >= MAX_ATTEMPTS) return null
  if ('code' in failure ? !RETRYABLE_FAILURES.has(failure.code) : !RETRYABLE_STATUS.has(failure.status)) return null
  const asked = 'code' in failure || failure.retryAfter === null ? undefined : parseRetryAfter(failure.retryAfter, now)
  if (asked === undefined) return equalJitter(exponential(BASE_MS, MAX_MS, attempt - 1), random)
  return asked > LONGEST_ASKED_WAIT_MS ? null : asked
}
