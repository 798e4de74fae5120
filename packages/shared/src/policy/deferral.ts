import type { Random } from '../core/ids.ts'
import type { Outcome, PolicyContext, RefusedBy } from './types.ts'

type Refused = Extract<Outcome, { kind: 'refused' }>

/** A waiting job asks again at most this seldom, ms: while the breaker is open, and for its turn at a limit. */
const MAX_BREAKER_DEFERRAL_MS = 300_000
const MAX_LIMIT_DEFERRAL_MS = 30_000

/** A job waits an eighth of the time it has waited already, so an outage of a day costs it some hundreds of looks, not 17,000. */
const SHARE = 8

const MAX_DEFERRAL_MS: Partial<Record<RefusedBy, number>> = {
  circuit_breaker: MAX_BREAKER_DEFERRAL_MS,
  rate_limit: MAX_LIMIT_DEFERRAL_MS,
  concurrency: MAX_LIMIT_DEFERRAL_MS,
  retry_budget: MAX_LIMIT_DEFERRAL_MS,
}

/** Puts a refused job off for as long as suits a queue. What is no gate's refusal keeps the wait that it names. */
export function deferred(
  outcome: Refused,
  ctx: Pick<PolicyContext, 'now' | 'random'> & { job: Pick<PolicyContext['job'], 'firstStartedAt'> },
): Refused {
  const maxMs = MAX_DEFERRAL_MS[outcome.by]
  if (maxMs === undefined) return outcome
  const waitedMs = ctx.now() - ctx.job.firstStartedAt
  return { ...outcome, retryAfterMs: deferralDelay(outcome.retryAfterMs, waitedMs, maxMs, ctx.random) }
}

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
