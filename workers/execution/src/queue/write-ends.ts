import type { QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import type { FinishOptions, FinishResult, JobFinish } from '@orchestrator/shared/jobs/finish'
import type { TurnDeps } from './deps.ts'
import { sendFollowUps, sendNext } from './send-follow-ups.ts'

/** What came of one claimed job. */
export interface End {
  job: ClaimedJob
  item: JobFinish
}

/** Where ends are written, and by which claim. */
export interface EndsOf {
  queue: QueueName
  shard: number
  token: string
  /** How long a message may take before the sweep sends it anew, ms. */
  graceMs: number
}

/** Writes the ends of turns in one batch of D1, then sends what follows from them. Answers the jobs whose end D1 refused. */
export async function writeEnds(deps: TurnDeps, to: EndsOf, ends: readonly End[]): Promise<Set<string>> {
  if (ends.length === 0) return new Set()
  const items = ends.map(({ item }) => item)
  const result = await finishAll(deps, to.shard, items, { token: to.token, now: deps.now(), graceMs: to.graceMs })
  await sendFollowUps(
    deps,
    to.queue,
    ends.filter(({ job }) => result.applied.has(job.id)),
  )
  await sendNext(deps, result.next)
  return new Set(result.failed.keys())
}

async function finishAll(
  deps: TurnDeps,
  shard: number,
  items: readonly JobFinish[],
  options: FinishOptions,
): Promise<FinishResult> {
  const result = await deps.finish(shard, items, options).catch((error: unknown): FinishResult => allFailed(items, error))
  for (const [jobId, error] of result.failed) {
    deps.logger.log('error', 'the end of an attempt could not be written', { jobId, cause: errorMessage(error) })
    deps.report(error, { step: 'finish', job_id: jobId })
  }
  return result
}

function allFailed(items: readonly JobFinish[], error: unknown): FinishResult {
  return { applied: new Set(), stale: new Set(), failed: new Map(items.map(({ jobId }) => [jobId, error])), next: [] }
}
