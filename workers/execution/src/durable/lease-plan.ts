/**
 * How a rate limit is kept by isolates that lease permits, so that no window of `perMs` ever sees more than `limit + burst`.
 * Isolates use a permit within `leaseMs`, counted from before they asked, so the uses of a window were granted in the window or
 * at most `leaseMs` before it. A bucket of `cap` that gains `rate` grants at most `cap + rate × t` in a time `t`, and what falls
 * into a half-open window lies less than `perMs + leaseMs` apart: so `cap + rate × (perMs + leaseMs) ≤ limit + burst + 1` is
 * enough. Only lengths of time are compared, never the clocks of two machines.
 */
import type { BucketSize } from '@orchestrator/shared/policy/token-bucket'

export interface LeasePlan {
  /** How long a permit lasts, ms from before it was asked for. */
  leaseMs: number
  /** Tokens that the bucket keeps at most. */
  cap: number
  /** ms for one token. */
  perTokenMs: number
}

/** Longer leases save no hops worth having, and hold back permits that others could use, ms. */
const MAX_LEASE_MS = 2_000

/** What an answer may take to travel, as a share of the window: a permit must last so long at least. */
const TRAVEL_SHARE = 1 / 20

/**
 * Half of the burst pays for the lease (rate × leaseMs of it), the other half is what the bucket keeps. Where half of the burst
 * does not last as long as the answer may travel, the rate pays: it is lower by up to 1/21. A burst of 0 spaces the calls evenly.
 */
export function leasePlan({ limit, perMs, burst }: BucketSize): LeasePlan {
  const rate = limit / perMs
  const travelMs = Math.min(MAX_LEASE_MS, perMs * TRAVEL_SHARE)
  const halfMs = burst / rate / 2
  const leaseMs = Math.min(MAX_LEASE_MS, Math.max(travelMs, halfMs))
  // A part of a token is covered by the bound's strictness, so only whole ones cost burst.
  const cap = Math.max(1, halfMs < travelMs ? burst : burst - Math.floor(rate * leaseMs))
  const affordableMs = (perMs + leaseMs) / (limit + burst + 1 - cap)
  return { leaseMs, cap, perTokenMs: Math.max(perMs / limit, affordableMs) }
}
