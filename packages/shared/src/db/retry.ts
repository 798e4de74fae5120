import { equalJitter, exponential } from '../core/backoff.ts'
import { sleep as realSleep, type Sleep } from '../core/clock.ts'
import { errorMessage } from '../core/errors.ts'
import type { Random } from '../core/ids.ts'

/** Messages D1 gives when the same statement may well succeed a moment later (https://developers.cloudflare.com/d1/observability/debug-d1/). */
const TRANSIENT =
  /SQLITE_BUSY|database is locked|overloaded|too many requests queued|Network connection lost|storage caused object to be reset|reset because its code was updated|starting up D1|timed? ?out/i

const MAX_TRIES = 4
const BASE_MS = 25
const MAX_MS = 400

/** Whether an error of D1 is worth another try. */
export function isTransientD1Error(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (TRANSIENT.test(cause.message)) return true
  }
  return !(error instanceof Error) && TRANSIENT.test(errorMessage(error))
}

/**
 * Runs work on D1, again on transient errors, at most 4 times. The work must be idempotent: an error may hide a commit.
 */
export async function retryD1<T>(work: () => Promise<T>, sleep: Sleep = realSleep, random: Random = Math.random): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= MAX_TRIES || !isTransientD1Error(error)) throw error
      await sleep(equalJitter(exponential(BASE_MS, MAX_MS, tries - 1), random))
    }
  }
}
