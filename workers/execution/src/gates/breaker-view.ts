/**
 * What an isolate knows of one breaker, as data: how it stood when it was last asked, and the results it was not told yet. Only
 * this file changes it, and never across an `await`.
 */
import type { BreakerAnswer, BreakerReport } from '@orchestrator/shared/contracts/breaker'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import { BREAKER_FRESH_MS, HALF_OPEN_REFUSAL_MS } from './constants.ts'

export interface BreakerView {
  known: {
    state: 'closed' | 'open' | 'half-open'
    generation: number
    /** When it was asked, ms. */
    askedAt: number
    /** When it will let calls through again, ms. */
    retryAt: number
  } | null
  /** Results that it was not told, one of each generation. */
  pending: BreakerReport[]
  /** A hop that nobody waits for is under way, at most until then, ms. */
  tellingUntil: number
  /** When it was last told, ms. */
  toldAt: number
  /** Whether every call was failing when it was last asked. */
  failing: boolean
  /** Whose policy was used last: what is told is told under it. */
  policy: Policy | null
  /** The newest reset by operators that is known here, ms; 0: none. */
  resetAt: number
}

export function newBreakerView(): BreakerView {
  return { known: null, pending: [], tellingUntil: 0, toldAt: 0, failing: false, policy: null, resetAt: 0 }
}

export type Decision =
  | { kind: 'pass'; generation: number; stale: boolean }
  | { kind: 'refuse'; retryAfterMs: number; stale: boolean }
  | { kind: 'ask' }

/** What can be decided without asking. A half-open breaker lets through only who asks it. */
export function decide({ known }: BreakerView, now: number): Decision {
  if (!known) return { kind: 'ask' }
  const age = now - known.askedAt
  const stale = age >= BREAKER_FRESH_MS / 2
  if (known.state === 'half-open') {
    if (age >= HALF_OPEN_REFUSAL_MS) return { kind: 'ask' }
    return { kind: 'refuse', retryAfterMs: Math.max(1, known.retryAt - now), stale: false }
  }
  if (age >= BREAKER_FRESH_MS) return { kind: 'ask' }
  if (known.state === 'closed') return { kind: 'pass', generation: known.generation, stale }
  return now >= known.retryAt ? { kind: 'ask' } : { kind: 'refuse', retryAfterMs: known.retryAt - now, stale }
}

/** Operators reset it: what is known of it lapses, so that it is asked, and told of the reset, at once. */
export function noteReset(view: BreakerView, resetAt: number): void {
  if (resetAt <= view.resetAt) return
  view.resetAt = resetAt
  view.known = null
}

/** Takes the answer to a question for `count` calls. One that is older than what is known, or than a reset, changes nothing. */
export function learn(
  view: BreakerView,
  { grant, failingSince }: BreakerAnswer,
  { count, startedAt, resetAt }: { count: number; startedAt: number; resetAt: number },
  now: number,
): void {
  if (resetAt < view.resetAt) return
  const { known } = view
  const { state, generation, permits, retryAfterMs } = grant
  if (known && (generation < known.generation || (generation === known.generation && startedAt < known.askedAt))) return
  view.failing = failingSince !== null
  // Only a refusal by a half-open breaker says anything about the next call.
  const refused = count > 0 && permits === 0
  view.known = state === 'half-open' && !refused ? null : { state, generation, askedAt: startedAt, retryAt: now + retryAfterMs }
}

/** Notes what came of a call. */
export function note(view: BreakerView, generation: number, result: 'success' | 'failure' | 'unused'): void {
  const known = view.pending.find((report) => report.generation === generation)
  const report = known ?? { generation, successes: 0, failures: 0, unused: 0 }
  if (!known) view.pending.push(report)
  if (result === 'success') report.successes++
  else if (result === 'failure') report.failures++
  else report.unused++
}

/** Takes along all that it was not told. */
export function takePending(view: BreakerView): BreakerReport[] {
  const reports = view.pending
  view.pending = []
  return reports
}
