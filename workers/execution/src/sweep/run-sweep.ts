import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { type JobMessage, QUEUE_NAMES, type QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import type { SweepOptions, SweptJob } from '@orchestrator/shared/jobs/sweep'
import { restoreWaiting, type RestoreWaitingDeps } from './restore-waiting.ts'

export interface SweepDeps extends RestoreWaitingDeps {
  config(): Promise<ConfigSnapshot>
  sweepShard(shard: number, options: SweepOptions): Promise<SweptJob[]>
  sendJobs(queue: QueueName, messages: readonly { body: JobMessage; delaySeconds: number }[]): Promise<void>
}

/**
 * One run of the sweep: sends the jobs again whose time to be looked at has come, and brings webhooks in that waited in R2.
 * A part that fails is reported, and does not stop the others. Throws when there is no configuration.
 */
export async function runSweep(deps: SweepDeps): Promise<{ resent: number; restored: number }> {
  const config = await deps.config()
  const { settings } = config
  const pauses = effectivePauses(config)
  let resent = 0
  for (const shard of deps.shards(settings.liveShards)) {
    resent += (await guarded(deps, `sweep of shard ${shard}`, () => sweepOne(deps, shard, settings.resendGraceMs, pauses))) ?? 0
  }
  const restored = (await guarded(deps, 'restoring', () => restoreWaiting(deps, settings.writeShard))) ?? 0
  if (resent > 0 || restored > 0) deps.logger.log('info', 'sweep', { resent, restored })
  return { resent, restored }
}

async function sweepOne(deps: SweepDeps, shard: number, graceMs: number, pauses: ConfigSnapshot['pauses']): Promise<number> {
  const jobs = await deps.sweepShard(shard, { now: deps.now(), graceMs, pauses })
  for (const queue of QUEUE_NAMES) {
    const messages = jobs
      .filter((job) => job.queue === queue)
      .map(({ id, generation, trace }) => ({ body: { kind: 'job' as const, jobId: id, generation, trace }, delaySeconds: 0 }))
    if (messages.length > 0) await guarded(deps, `sending to ${queue}`, () => deps.sendJobs(queue, messages))
  }
  return jobs.length
}

async function guarded<T>(deps: SweepDeps, what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    deps.logger.log('error', 'a part of the sweep failed', { what, cause: errorMessage(error) })
    deps.report(error, { step: 'sweep' })
    return undefined
  }
}
