import { parseTraceparent } from '@orchestrator/shared/telemetry/trace-context'
import type { TurnDeps } from './deps.ts'
import { callOf } from './settle.ts'
import type { Turn } from './take-turn.ts'

/** One line for each turn. */
export function logTurn(deps: Pick<TurnDeps, 'logger'>, { job, outcome, trace }: Turn): void {
  const call = callOf(outcome)
  const parsed = parseTraceparent(trace)
  deps.logger.log('info', 'job attempt', {
    jobId: job.id,
    generation: job.generation,
    attempt: call ? job.attempts + 1 : null,
    connector: job.connector,
    operation: job.operation,
    outcome: outcome.kind,
    end: call?.end.kind,
    status: call?.end.kind === 'answered' ? call.end.status : null,
    durationMs: call?.durationMs,
    traceId: parsed?.traceId,
    spanId: parsed?.spanId,
  })
}
