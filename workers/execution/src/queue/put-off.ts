import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import { deferred } from '@orchestrator/shared/policy/deferral'
import { outcomeEvent } from '@orchestrator/shared/policy/outcome-event'
import { SLOW_RETRY_MS } from '../runner/constants.ts'
import type { TurnDeps } from './deps.ts'
import { settle } from './settle.ts'
import type { End } from './write-ends.ts'

/** The end of a job that finds no place beside the calls in flight of its slow connector: it waits, at no attempt. */
export function putOff(deps: TurnDeps, job: ClaimedJob, graceMs: number): End {
  const { now, random } = deps
  const outcome = deferred({ kind: 'refused', by: 'concurrency', retryAfterMs: SLOW_RETRY_MS }, { now, random, job })
  const turn = { job, outcome, trace: deps.newTraceparent(job.trace), events: [outcomeEvent(outcome)] }
  return { job, item: settle(turn, now(), graceMs) }
}
