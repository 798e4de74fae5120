import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { type JobMessage, QUEUE_NAMES, type QueueName } from '@orchestrator/shared/contracts/queue'
import type { Clock } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { RestoreOutcome } from '@orchestrator/shared/inbox/restore-accepted'
import type { SweepOptions, SweptJob } from '@orchestrator/shared/jobs/sweep'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

/** Waiting webhooks that one sweep restores. */
export const MAX_RESTORED = 100

export interface SweepDeps {
  now: Clock
  config(): Promise<ConfigSnapshot>
  /** The live shards that are bound. */
  shards(live: readonly number[]): number[]
  sweepShard(shard: number, options: SweepOptions): Promise<SweptJob[]>
  sendJobs(queue: QueueName, messages: readonly { body: JobMessage; delaySeconds: number }[]): Promise<void>
  /** Keys of webhooks that wait in R2, at most so many. */
  listFallbacks(limit: number): Promise<string[]>
  restoreObject(key: string): Promise<RestoreOutcome>
  /** Puts an object aside that cannot be read, so that it is not met again. */
  setAside(key: string): Promise<void>
  logger: Logger
  report(error: unknown, tags?: Record<string, string>): void
}

/**
 * One run of the sweep: sends the jobs again whose time to be looked at has come, and brings webhooks in that waited in R2.
 * A part that fails is reported, and does not stop the others. Throws when there is no configuration.
 */
export async function runSweep(deps: SweepDeps): Promise<{ resent: number; restored: number }> {
  const { settings, pauses } = await deps.config()
  let resent = 0
  for (const shard of deps.shards(settings.liveShards)) {
    resent += (await guarded(deps, `sweep of shard ${shard}`, () => sweepOne(deps, shard, settings.resendGraceMs, pauses))) ?? 0
  }
  const restored = (await guarded(deps, 'restoring', () => restoreWaiting(deps))) ?? 0
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

async function restoreWaiting(deps: SweepDeps): Promise<number> {
  let restored = 0
  for (const key of await deps.listFallbacks(MAX_RESTORED)) {
    const result = await guarded(deps, 'restoring a webhook', () => deps.restoreObject(key))
    if (result?.outcome === 'restored') restored++
    if (result?.outcome === 'unreadable') {
      deps.logger.log('error', 'a webhook that waited cannot be read, and is set aside', { key })
      deps.report(new Error('a webhook that waited cannot be read'), { key })
      await guarded(deps, 'setting aside', () => deps.setAside(key))
    }
  }
  return restored
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
