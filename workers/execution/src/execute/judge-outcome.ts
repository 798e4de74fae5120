import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import type { Call } from '@orchestrator/shared/policy/types'
import { seconds } from '../clients/rate-limit-headers.ts'
import type { Made, Ran, Work } from './run-call.ts'
import type { ExecuteCall, UpstreamAnswer } from './upstream-answer.ts'

/** A paused connector is asked again after this, seconds: people pause, so it takes its time. */
const PAUSED_RETRY_SECONDS = 30
/** After a failure of our own, seconds. */
const OWN_FAILURE_RETRY_SECONDS = 5

/** What a run came to, for its caller. */
export type Judgement =
  | { kind: 'success'; call: ExecuteCall; answer: UpstreamAnswer; attempts: number }
  /** `called`: something was sent, so the work must not be done again under its key. */
  | { kind: 'failure'; error: AppError; called: boolean }

/**
 * The one place that turns an outcome into an answer. Each problem tells in `outcome` what became of the work: `not_called`,
 * `failed` (the upstream said so) or `unknown` (it was sent, and to one attempt at least no answer came).
 */
export function judgeOutcome({ outcome, made }: Ran, { target }: Pick<Work, 'target'>): Judgement {
  if (outcome.kind === 'succeeded') {
    const call = made.find((one) => one.call === outcome.call)?.call
    if (!call?.answer) throw new Error('a call without an answer cannot have succeeded')
    return { kind: 'success', call, answer: call.answer, attempts: outcome.attempts }
  }
  const sent = made.filter(({ call }) => call.end.kind !== 'config')
  // An attempt that was never sent says nothing about those before it, which were; a hedge that was given up ends after its better.
  const judged = sent.find(({ call }) => 'call' in outcome && call === outcome.call) ?? sent.at(-1)
  if (!judged) return { kind: 'failure', error: notCalled(outcome, target.connector.id), called: false }
  const leftOpen = sent.some(({ call, attempt }) => attempt !== judged.attempt && call.end.kind !== 'answered')
  return { kind: 'failure', error: failed(judged, outcome, leftOpen), called: true }
}

/**
 * Something was sent, and the work was not done, as far as is known. `leftOpen`: another attempt got no answer and may have acted,
 * whatever the upstream said to this one.
 */
function failed({ call }: Made, outcome: Exclude<Ran['outcome'], { kind: 'succeeded' }>, leftOpen: boolean): AppError {
  const { attempts } = outcome
  const retryAfter = 'retryAfterMs' in outcome && outcome.retryAfterMs !== undefined ? seconds(outcome.retryAfterMs) : undefined
  const options = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }
  const detail = outcome.kind === 'dead' && outcome.call?.end.kind !== 'config' ? sentence(outcome.error) : ''
  const { end } = call
  switch (end.kind) {
    case 'answered': {
      const known = leftOpen ? 'unknown' : 'failed'
      const extensions = { outcome: known, attempts, upstreamStatus: end.status, upstreamBody: call.body }
      const told = detail || `The upstream answered ${end.status}.`
      const open = leftOpen ? ' Another attempt got no answer: whether the upstream acted is unknown.' : ''
      return new AppError('upstream_failed', `${told}${open}`, { ...options, extensions })
    }
    case 'network': {
      const unknown = `The connection to the upstream failed (${end.error}): whether it acted is unknown.`
      return new AppError('upstream_unavailable', unknown, { ...options, extensions: { outcome: 'unknown', attempts } })
    }
    case 'timeout':
    case 'aborted': {
      const unknown = detail || 'No answer came in time; whether the upstream acted is unknown.'
      return new AppError('deadline_exceeded', unknown, { ...options, extensions: { outcome: 'unknown', attempts } })
    }
    case 'config':
      throw new Error('a call that was not sent cannot have failed')
    default:
      return assertNever(end)
  }
}

/** Nothing was sent. */
function notCalled(outcome: Exclude<Ran['outcome'], { kind: 'succeeded' }>, connector: string): AppError {
  const extensions = { outcome: 'not_called', attempts: 0 }
  switch (outcome.kind) {
    case 'refused':
      return refused(outcome, connector)
    case 'held': {
      const detail = `The ${outcome.by.kind} “${outcome.by.id}” is paused. Nothing was called.`
      return new AppError('connector_paused', detail, { extensions, retryAfterSeconds: PAUSED_RETRY_SECONDS })
    }
    case 'dead': {
      const config = configError(outcome.call)
      if (config !== undefined) {
        const detail = `The connector “${connector}” cannot be called: ${config}.`
        return new AppError('connector_misconfigured', detail, { extensions })
      }
      return new AppError('deadline_exceeded', `The deadline passed before the call could be made. Nothing was called.`, {
        extensions,
      })
    }
    case 'broken': {
      const detail = 'Something of our own failed before the call. Nothing was called.'
      return new AppError('unavailable', detail, {
        extensions,
        cause: outcome.error,
        retryAfterSeconds: OWN_FAILURE_RETRY_SECONDS,
      })
    }
    default:
      return assertNever(outcome)
  }
}

function refused({ by, retryAfterMs }: Extract<Ran['outcome'], { kind: 'refused' }>, connector: string): AppError {
  const options = { extensions: { outcome: 'not_called', attempts: 0 }, retryAfterSeconds: seconds(retryAfterMs) }
  switch (by) {
    case 'rate_limit':
    case 'concurrency': {
      const what = by === 'rate_limit' ? 'rate limit' : 'limit of calls in flight'
      const detail = `The ${what} of the connector “${connector}” is used up. Nothing was called.`
      return new AppError('rate_limited', detail, options)
    }
    case 'circuit_breaker': {
      const detail = `The circuit breaker of the connector “${connector}” is open. Nothing was called.`
      return new AppError('circuit_open', detail, options)
    }
    case 'retry_budget':
    case 'lease':
    case 'platform':
      return new AppError('unavailable', 'The call could not be made right now. Nothing was called.', options)
    default:
      return assertNever(by)
  }
}

function configError(call: Call | null): string | undefined {
  return call?.end.kind === 'config' ? call.end.error : undefined
}

/** A reason of the policies as a sentence. */
function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
}
