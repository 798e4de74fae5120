import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { JobView } from '@orchestrator/shared/contracts/execution-api'
import type { JobState } from '@orchestrator/shared/contracts/jobs'
import { AppError } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import { assertNever } from '@orchestrator/shared/core/result'
import { cancelJob } from '@orchestrator/shared/jobs/cancel-job'
import { sendNext } from '../queue/send-follow-ups.ts'
import type { JobsDeps } from './deps.ts'
import { getJob, noSuchJob, shardOfJob } from './get-job.ts'

/**
 * Cancels a job that waits, and sends what follows from it. One that was cancelled before stays as it is.
 * @throws AppError 404 where the client has no such job, 409 where it runs or has ended.
 */
export async function cancel(
  deps: JobsDeps,
  client: string,
  jobId: string,
  { resendGraceMs }: ConfigSnapshot['settings'],
): Promise<JobView> {
  const shard = shardOfJob(deps, jobId)
  const now = deps.now()
  const callbackId = newId('job', shard.number, now, deps.random)
  const outcome = await shard.write((db) => cancelJob(db, { jobId, client, callbackId, now, graceMs: resendGraceMs }))
  switch (outcome.kind) {
    case 'cancelled':
      await sendNext(deps, outcome.next)
      return getJob(deps, client, jobId)
    case 'refused':
      throw new AppError('conflict', whyNot(outcome.state))
    case 'not_found':
      throw noSuchJob(jobId)
    default:
      return assertNever(outcome)
  }
}

function whyNot(state: JobState): string {
  return state === 'running'
    ? 'The job is running: its call cannot be taken back. If it fails and is to be retried, it can be cancelled then.'
    : `The job has ended: it is ${state}.`
}
