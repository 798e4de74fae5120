/**
 * The bucket that permits are leased from, as data. What a Durable Object forgets with its memory must never be given twice, and
 * a storage write for each lease would cost more than the lease: so a bucket stores ahead, once in ten seconds, until when it may
 * have given everything away. One that is read back is empty until then, and fills from there. Slow limits, whose permits are
 * rare and dear, store exactly.
 */
import { type BucketSize, type BucketState, take } from '@orchestrator/shared/policy/token-bucket'
import { leasePlan } from './lease-plan.ts'

/** What is stored: at `at` it held `tokens` or more. */
export interface StoredBucket extends BucketState {
  /** From then on it is full, as if it had never been, ms. */
  fullAt: number
}

export interface LeaseBucket {
  /** `undefined`: it never gave anything, so it is full. */
  bucket: BucketState | undefined
  /** Until then what is stored accounts for everything that is given, ms. */
  coveredUntil: number
}

/** How far ahead is stored, ms. */
const AHEAD_MS = 10_000

/** A permit that takes longer than this to come again is stored exactly, ms. */
const SLOW_MS = 1_000

/** A bucket as it is after its Durable Object forgot it. */
export function recall(stored: StoredBucket | undefined, now: number): LeaseBucket {
  if (!stored) return { bucket: undefined, coveredUntil: Number.NEGATIVE_INFINITY }
  const ahead = stored.at > now
  // Everything until `stored.at` may be gone. From now on this bucket knows what it gives: it is empty, and fills.
  return { bucket: ahead ? { tokens: 0, at: now } : { tokens: stored.tokens, at: stored.at }, coveredUntil: stored.at }
}

/** Leases up to `count` permits. What is to be stored must be stored before the answer leaves. */
export function lend(
  state: LeaseBucket,
  policy: BucketSize,
  count: number,
  now: number,
): {
  state: LeaseBucket
  store: StoredBucket | null
  answer: { permits: number; retryAfterMs: number; remaining: number }
} {
  const { cap, perTokenMs } = leasePlan(policy)
  const size = { limit: 1, perMs: perTokenMs, burst: cap }
  const { state: bucket, ...answer } = take(state.bucket, size, count, now)
  const slow = perTokenMs >= SLOW_MS
  if (answer.permits === 0 || (!slow && now < state.coveredUntil)) {
    return { state: { ...state, bucket }, store: null, answer }
  }
  const kept = slow ? bucket : { tokens: 0, at: bucket.at + AHEAD_MS }
  const store = { ...kept, fullAt: kept.at + Math.ceil((cap - kept.tokens) * perTokenMs) }
  return { state: { bucket, coveredUntil: slow ? Number.NEGATIVE_INFINITY : kept.at }, store, answer }
}
