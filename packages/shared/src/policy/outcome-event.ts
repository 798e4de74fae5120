import type { LogEvent } from '../contracts/events.ts'
import { assertNever } from '../core/result.ts'
import type { JobOutcome } from './pipeline.ts'

/** The event that tells what a job's turn came to. */
export function outcomeEvent(outcome: JobOutcome): Omit<LogEvent, 'jobId'> {
  switch (outcome.kind) {
    case 'succeeded':
      return { type: 'job.succeeded' }
    case 'retry': {
      const { attempt, delayMs, capMs, reason } = outcome
      return { type: 'job.retrying', data: { attempt, delayMs, capMs, reason } }
    }
    case 'dead':
      return { type: 'job.dead', data: { class: outcome.class, error: outcome.error } }
    case 'refused':
      return { type: 'job.deferred', data: { reason: outcome.by, retryAfterMs: outcome.retryAfterMs } }
    case 'held':
      return { type: 'job.held', data: { kind: outcome.by.kind, id: outcome.by.id } }
    default:
      return assertNever(outcome)
  }
}
