import type { Random } from '../core/ids.ts'

/** A waiting job asks again at most this seldom, ms: while the breaker is open, and for its turn at a rate limit. */
export const MAX_BREAKER_DEFERRAL_MS = 300_000
export const MAX_RATE_LIMIT_DEFERRAL_MS = 30_000

/** A job waits an eighth of the time it has waited already, so an outage of a day costs it some hundreds of looks, not 17,000. */
const SHARE = 8

/**
 * How long a refused job waits: what it was told, or more when it has waited long already; spread, so that jobs refused
 * together do not come back together. All in ms.
 */
export function deferralDelay(retryAfterMs: number, waitedMs: number, maxMs: number, random: Random): number {
  const patience = Math.min(maxMs, Math.max(0, waitedMs) / SHARE)
  const longer = Math.max(0, patience - retryAfterMs)
  return Math.ceil(retryAfterMs + longer * (0.5 + random() / 2))
}
