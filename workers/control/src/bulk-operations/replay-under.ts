import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { ManyOutcome } from '@orchestrator/shared/jobs/many'
import { type DeadLetterKey, replayMany, type ReplayManyRequest } from '@orchestrator/shared/jobs/replay-many'
import { resolveTarget } from '@orchestrator/shared/operations/resolve-target'
import type { Key } from './operation.ts'
import { readDeadJobs } from './queries-dead-letters.ts'

interface Deps {
  configFor(revision: number): Promise<ConfigSnapshot | undefined>
}

/**
 * Replays dead letters under one revision of the configuration. Jobs that cannot go on under it count as failed and are left as they
 * are, with the revision that they pinned: `pinned` may still replay them. See `replayMany` for the rest.
 */
export async function replayUnder(
  deps: Deps,
  shard: Shard,
  keys: readonly Key[],
  request: ReplayManyRequest & { configRevision: number },
): Promise<ManyOutcome> {
  const { configRevision } = request
  const config = await deps.configFor(configRevision)
  if (config?.revision !== configRevision) {
    throw new AppError('unavailable', `Revision ${configRevision} of the configuration cannot be read right now.`)
  }
  const all = deadLetterKeys(keys)
  const misfits = new Map<string, string>()
  for (const job of await shard.read((db) => readDeadJobs(db, all))) {
    const target = resolveTarget(config, job)
    if (!target.ok) misfits.set(job.id, target.error)
  }
  const fitting = all.filter(([id]) => !misfits.has(id))
  const outcome = await shard.write((db) => replayMany(db, fitting, request))
  const [first] = misfits
  if (!first) return outcome
  const error = outcome.error ?? `${first[0]} cannot go on under it: ${first[1]}`
  return { ...outcome, failed: outcome.failed + all.length - fitting.length, error }
}

export function deadLetterKeys(keys: readonly Key[]): DeadLetterKey[] {
  return keys.map(([, jobId, generation]) => [String(jobId), Number(generation)])
}
