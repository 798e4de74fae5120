import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'
import { assertNever } from '@orchestrator/shared/core/result'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import type { JobFinish } from '@orchestrator/shared/jobs/finish'
import { attemptRecord } from '@orchestrator/shared/policy/attempt-record'
import type { JobOutcome } from '@orchestrator/shared/policy/pipeline'
import type { Call, RefusedBy } from '@orchestrator/shared/policy/types'
import type { Turn } from './take-turn.ts'

/** What the job's row says while it waits for the breaker; the deadline step reads it to know what a job died of. */
export const DEFERRED_BY_BREAKER = 'waiting: the circuit breaker is open'

const WAITING: Record<RefusedBy, string> = {
  circuit_breaker: DEFERRED_BY_BREAKER,
  rate_limit: 'waiting: the rate limit is used up',
  concurrency: 'waiting: as many calls as allowed are in flight',
  retry_budget: 'waiting: retries of this connector have used up their share of calls',
  lease: 'waiting: there was no time left for an attempt',
  platform: 'waiting: something of our own failed',
}

/** What is to be written of a turn. `now` is when the waits begin, `graceMs` how long after them the sweep looks. */
export function settle(turn: Turn, now: number, graceMs: number): JobFinish {
  const { job, outcome, trace } = turn
  const events: LogEvent[] = turn.events.map((event) => (event.type.startsWith('job.') ? { ...event, jobId: job.id } : event))
  const base: JobFinish = {
    jobId: job.id,
    ordered: job.orderingKey !== null,
    event: 'succeed',
    attempt: null,
    events,
    trace,
    dueAt: null,
    wakeAt: null,
    lastError: null,
    result: null,
    death: null,
    callbackId: null,
  }
  const waiting = (delayMs: number) => ({ dueAt: now + delayMs, wakeAt: now + delayMs + graceMs })
  switch (outcome.kind) {
    case 'succeeded':
      return { ...base, attempt: recordOf(job, outcome.call), result: resultOf(outcome.call) }
    case 'retry': {
      const attempt = recordOf(job, outcome.call)
      return { ...base, event: 'retry', attempt, lastError: outcome.reason, ...waiting(outcome.delayMs) }
    }
    case 'refused':
      return { ...base, event: 'defer', lastError: WAITING[outcome.by], ...waiting(outcome.retryAfterMs) }
    case 'held':
      // `dueAt` is now: the next claim counts from it how long the job was on hold.
      return { ...base, event: 'hold', lastError: `held: the ${outcome.by.kind} “${outcome.by.id}” is paused`, ...waiting(0) }
    case 'dead': {
      const attempt = outcome.call ? recordOf(job, outcome.call) : null
      const death = { class: outcome.class, error: outcome.error }
      return { ...base, event: 'die', attempt, lastError: outcome.error, death }
    }
    default:
      return assertNever(outcome)
  }
}

/** The same, with an id for the job that tells the end where this turn ends a job that wants one. */
export function withCallback(item: JobFinish, { callback }: Pick<ClaimedJob, 'callback'>, newJobId: () => string): JobFinish {
  return item.wakeAt === null && callback !== null ? { ...item, callbackId: newJobId() } : item
}

/** The call a turn made, if it made one. */
export function callOf(outcome: JobOutcome): Call | null {
  return 'call' in outcome ? outcome.call : null
}

function recordOf(job: ClaimedJob, call: Call): AttemptRecord {
  return attemptRecord(call, { attempt: job.attempts + 1, generation: job.generation })
}

function resultOf(call: Call): string {
  return JSON.stringify({ status: call.end.kind === 'answered' ? call.end.status : null, body: call.body })
}
