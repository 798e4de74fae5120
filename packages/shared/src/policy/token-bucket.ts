/**
 * A token bucket as data. It holds at most `burst` tokens (one, where there is no burst) and gains `limit` in each `perMs`, so
 * no window of that length lets more than `limit + burst` calls through.
 */
import type { RateLimitPolicy } from '../contracts/policy.ts'

/** `limit` tokens in each `perMs`, at most `burst` kept. */
export type BucketSize = Pick<RateLimitPolicy, 'limit' | 'perMs' | 'burst'>

export interface BucketState {
  tokens: number
  /** ms. */
  at: number
}

/** What adding fractions may lose: whoever comes when he was told to must find his token, however it was summed up. */
const ROUNDING = 1e-9

/** Takes up to `count` tokens. A bucket that never was is full: nothing of it can be out. */
export function take(
  state: BucketState | undefined,
  policy: BucketSize,
  count: number,
  now: number,
): { state: BucketState; permits: number; retryAfterMs: number; remaining: number } {
  const size = Math.max(1, policy.burst)
  const perToken = policy.perMs / policy.limit
  const gained = state ? Math.max(0, now - state.at) / perToken : size
  const tokens = Math.min(size, (state?.tokens ?? 0) + gained)
  const permits = Math.min(count, Math.floor(tokens + ROUNDING))
  const left = Math.max(0, tokens - permits)
  const retryAfterMs = permits < count ? Math.ceil((1 - (left % 1)) * perToken) : 0
  // A clock that steps back must not give tokens twice.
  return { state: { tokens: left, at: Math.max(now, state?.at ?? now) }, permits, retryAfterMs, remaining: Math.floor(left) }
}
