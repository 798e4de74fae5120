/** Breakers and limits by API: what they are set to, and how breakers stand as far as that can be known. */
import * as z from 'zod'
import { breakerOverride } from './config.ts'
import { connector } from './connector.ts'
import { circuitBreakerPolicy, concurrencyPolicy, rateLimitPolicy } from './policy.ts'

const time = z.iso.datetime()

/** What execution is asked, by a service binding that no host leads to: how these breakers stand. */
export const breakerStatesRequest = z.object({
  breakers: z.array(z.object({ connector: connector.shape.id, policy: circuitBreakerPolicy })).max(500),
})
export type BreakerStatesRequest = z.infer<typeof breakerStatesRequest>

/** How a breaker stands now, as it says itself. */
export const liveBreaker = z.object({
  state: z.enum(['closed', 'open', 'half-open']),
  /** Results in its window; while it is closed. */
  successes: z.int(),
  failures: z.int(),
  /** While it is open: when it lets the next call through, to try. */
  openUntil: time.nullable(),
  /** Every call has failed since then; null while some succeed. */
  failingSince: time.nullable(),
})
export type LiveBreaker = z.infer<typeof liveBreaker>

/** By connector; null where the breaker did not answer in time. */
export const breakerStates = z.object({ breakers: z.record(z.string(), liveBreaker.nullable()) })
export type BreakerStates = z.infer<typeof breakerStates>

export const breakerView = z.object({
  connector: connector.shape.id,
  policy: connector.shape.policy,
  /** What operators force it to; null while it decides by itself. */
  forced: breakerOverride.shape.state.nullable(),
  /** Whether the connector is held: then nothing is called, whatever the breaker says. */
  paused: z.boolean(),
  /** When operators last reset it. */
  resetAt: time.nullable(),
  settings: circuitBreakerPolicy,
  /** What it says itself; null when it cannot be asked. */
  live: liveBreaker.nullable(),
  /** Its last transition among the newest rows of the log; null where they have none. */
  lastEvent: z.object({ type: z.string(), at: time }).nullable(),
})
export type BreakerView = z.infer<typeof breakerView>

export const breakerList = z.object({
  items: z.array(breakerView),
  configRevision: z.int(),
  /** What could not be had: `execution`, whose Durable Objects know how breakers stand; a database of the log. */
  unavailable: z.array(z.string()),
})
export type BreakerList = z.infer<typeof breakerList>

/** One limit as it is set. What is left of it is not told: it is spread over leases of the isolates. */
export const rateLimitView = z.object({
  kind: z.enum(['connector', 'client']),
  id: z.string(),
  /** Where it is set; null for a client's own. */
  policy: connector.shape.policy.nullable(),
  rateLimit: rateLimitPolicy.omit({ key: true, onUnavailable: true }).nullable(),
  concurrency: concurrencyPolicy.pick({ limit: true }).nullable(),
  /** Whether each value of an expression has a limit of its own. */
  keyed: z.boolean(),
})
export type RateLimitView = z.infer<typeof rateLimitView>

export const rateLimitList = z.object({ items: z.array(rateLimitView), configRevision: z.int() })
export type RateLimitList = z.infer<typeof rateLimitList>
