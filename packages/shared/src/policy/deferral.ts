import type { Random } from '../core/ids.ts'

/** A waiting job asks again at most this seldom, ms: while the breaker is open, and for its turn at a rate limit. */
export const MAX_BREAKER_DEFERRAL_MS = 300_000
export const MAX_RATE_LIMIT_DEFERRAL_MS = 30_000

/** A job waits an eighth of the time it has waited already, so an outage of a day costs it some hundreds of looks, not 17,000. */
const SHARE = 8

/**
 * How long a refused job waits, ms: at least what it was told. On top comes a part of half of that, or of the longer time that
 * a job waits which has waited long already, so that jobs refused together do not come back together. Both are whole seconds:
 * a queue keeps no others, and would round a finer spread away.
 */
export function deferralDelay(retryAfterMs: number, waitedMs: number, maxMs: number, random: Random): number {
  const patience = Math.min(maxMs, Math.max(0, waitedMs) / SHARE)
  const longer = Math.max(0, patience - retryAfterMs)
  const spread = Math.ceil(Math.max(longer, retryAfterMs / 2) / 1_000)
  return (Math.ceil(retryAfterMs / 1_000) + Math.floor(random() * (spread + 1))) * 1_000
}
