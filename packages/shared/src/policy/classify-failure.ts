import type { AttemptOutcome, AttemptRecord, DeathClass } from '../contracts/jobs.ts'
import type { RetryPolicy } from '../contracts/policy.ts'
import { assertNever } from '../core/result.ts'
import { deliverySignal } from './delivery-signal.ts'
import type { CallEnd } from './types.ts'

/** A call judged: done, worth another attempt, or hopeless. `deathClass` is what the job dies of if this was the last. */
export type Verdict =
  | { kind: 'success' }
  | { kind: 'retryable'; reason: string; deathClass: DeathClass }
  | { kind: 'terminal'; reason: string; deathClass: DeathClass }

/**
 * Judges how a call ended; the one place that reads status codes. What the operation's own rule says is so; without one, 2xx is
 * success. A redirect is terminal: one that could be followed was. The receiver's word that it wants no more wins over
 * `stopOn`, that over `retryOn`; what neither names is terminal.
 */
export function classifyCall(end: CallEnd, retry: Pick<RetryPolicy, 'retryOn' | 'stopOn'>): Verdict {
  if (end.kind === 'answered' && (end.success ?? is2xx(end.status))) return { kind: 'success' }
  const signal = deliverySignal(end)
  if (signal) {
    const reason = `${reasonOf(end)} and asked for no further attempt (webhook-delivery: ${signal})`
    return { kind: 'terminal', reason, deathClass: 'upstream_rejected' }
  }
  const failure = { reason: reasonOf(end), deathClass: deathClassOf(end) }
  const never = end.kind === 'config' || (end.kind === 'answered' && isRedirect(end.status))
  const again = !never && !matches(retry.stopOn, end) && matches(retry.retryOn, end)
  return { kind: again ? 'retryable' : 'terminal', ...failure }
}

/**
 * Whether a call counts against the upstream in its circuit breaker: what the policy names does, unless the operation's own
 * rule calls it a success. What never left or was given up does not count at all.
 */
export function breakerResult(end: CallEnd, countAsFailure: readonly string[]): 'success' | 'failure' | 'unused' {
  if (end.kind === 'config' || end.kind === 'aborted') return 'unused'
  if (end.kind === 'answered' && end.success) return 'success'
  return matches(countAsFailure, end) ? 'failure' : 'success'
}

/** The fields of the request log that judge the call. Sent and not answered is unknown, whoever broke it off. */
export function attemptFacts(end: CallEnd): Pick<AttemptRecord, 'outcome' | 'status' | 'failure' | 'error'> {
  const success = classifyCall(end, { retryOn: [], stopOn: [] }).kind === 'success'
  const known = end.kind === 'answered' || end.kind === 'config'
  const outcome: AttemptOutcome = success ? 'success' : known ? 'failure' : 'unknown'
  return {
    outcome,
    status: end.kind === 'answered' ? end.status : null,
    failure: success ? null : end.kind === 'answered' ? 'status' : end.kind,
    error: success ? null : reasonOf(end),
  }
}

/** Whether the patterns name this end: a class of failure (`timeout`, `network`), or the status of the answer. */
function matches(patterns: readonly string[], end: CallEnd): boolean {
  return end.kind === 'answered' ? namesStatus(patterns, end.status) : patterns.includes(end.kind)
}

/** Whether one of the patterns names the status (`429`, `5xx`, `500-504`), and none excludes it (`!501`). */
export function namesStatus(patterns: readonly string[], status: number): boolean {
  const named = (pattern: string): boolean => isInStatuses(pattern, status)
  return patterns.some(named) && !patterns.some((pattern) => pattern.startsWith('!') && named(pattern.slice(1)))
}

function isInStatuses(pattern: string, status: number): boolean {
  const [from = '', to = from] = pattern.split('-')
  if (from.endsWith('xx')) return Math.floor(status / 100) === Number(from[0])
  return status >= Number(from) && status <= Number(to)
}

function is2xx(status: number): boolean {
  return status >= 200 && status < 300
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

function deathClassOf(end: CallEnd): DeathClass {
  switch (end.kind) {
    case 'answered':
      return end.status >= 500 ? 'upstream_failed' : 'upstream_rejected'
    case 'timeout':
      return 'timeout'
    case 'network':
      return 'upstream_failed'
    case 'aborted':
      return 'timeout'
    case 'config':
      return 'config_error'
    default:
      return assertNever(end)
  }
}

function reasonOf(end: CallEnd): string {
  switch (end.kind) {
    case 'answered':
      if (isRedirect(end.status)) return `the upstream answered ${end.status}: ${end.refused ?? 'redirects are not followed'}`
      return is2xx(end.status)
        ? `the upstream answered ${end.status}, which the operation's rule for success does not take for one`
        : `the upstream answered ${end.status}`
    case 'timeout':
      return `no answer within ${end.afterMs} ms; whether the upstream acted is unknown`
    case 'network':
      return `the upstream could not be reached: ${end.error}`
    case 'aborted':
      return `${end.reason}; whether the upstream acted is unknown`
    case 'config':
      return end.error
    default:
      return assertNever(end)
  }
}
