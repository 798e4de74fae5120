import type { LimitState } from '@orchestrator/shared/policy/types'

/** Whose limit it is: that of the calling client, or that of what is called. */
export type LimitName = 'client' | 'connector'

/** How several limits stand, in the order of the list. */
export type Limits = readonly (readonly [LimitName, LimitState])[]

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers: lists of structured strings). `q` calls in `w`
 * seconds; `r` of them are left now, and in `t` seconds there is one more. Nothing where nothing is limited.
 */
export function rateLimitHeaders(limits: Limits): Record<string, string> {
  if (limits.length === 0) return {}
  const policies = limits.map(([name, { limit, perMs }]) => `"${name}";q=${limit};w=${seconds(perMs)}`)
  const states = limits.map(([name, { remaining, resetMs }]) => `"${name}";r=${Math.max(0, remaining)};t=${seconds(resetMs)}`)
  return { 'ratelimit-policy': policies.join(', '), ratelimit: states.join(', ') }
}

/** Whole seconds, at least one: what `Retry-After` and its kin can say. */
export function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000))
}
