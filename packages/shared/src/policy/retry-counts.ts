import type { RetryPolicy } from '../contracts/policy'

/** Retries are weighed against the first attempts of this time, ms. */
export const BUDGET_WINDOW_MS = 10_000
const BUCKET_MS = 1_000

/** First attempts and retries of one connector, a bucket a second, oldest first. */
export interface RetryCounts {
  buckets: { at: number; firsts: number; retries: number }[]
}

/** A first attempt was made. */
export function countFirst(counts: RetryCounts, now: number): void {
  current(counts, now).firsts++
}

/**
 * Whether a retry may be made now; if so it is counted. Retries are at most `ratio` of the first attempts of the window, and
 * `minPerSecond` in any case, so that a quiet connector can retry at all. `null`: no bound.
 */
export function tryRetry(counts: RetryCounts, budget: RetryPolicy['budget'], now: number): boolean {
  const bucket = current(counts, now)
  const firsts = counts.buckets.reduce((sum, one) => sum + one.firsts, 0)
  const retries = counts.buckets.reduce((sum, one) => sum + one.retries, 0)
  const allowed = budget ? budget.ratio * firsts + (budget.minPerSecond * BUDGET_WINDOW_MS) / 1_000 : Number.POSITIVE_INFINITY
  // A whole retry must fit.
  if (retries + 1 > allowed) return false
  bucket.retries++
  return true
}

/** A retry that was counted was not made. One that left the window meanwhile counts no more anyway. */
export function uncountRetry(counts: RetryCounts): void {
  const bucket = counts.buckets.findLast(({ retries }) => retries > 0)
  if (bucket) bucket.retries--
}

function current(counts: RetryCounts, now: number): RetryCounts['buckets'][number] {
  const at = now - (now % BUCKET_MS)
  counts.buckets = counts.buckets.filter((bucket) => bucket.at > now - BUDGET_WINDOW_MS)
  const last = counts.buckets.at(-1)
  // A clock that stepped back counts in the newest bucket.
  if (last && last.at >= at) return last
  const bucket = { at, firsts: 0, retries: 0 }
  counts.buckets.push(bucket)
  return bucket
}
