import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { JobDetail } from '@orchestrator/shared/contracts/control-api'
import { isId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { findJob, readLogOfJob } from './queries.ts'
import { toJobDetail } from './to-api.ts'

interface Deps {
  now(): number
  config(): Promise<ConfigSnapshot>
  shardOf(id: string): Shard | undefined
  configFor(revision: number): Promise<ConfigSnapshot | undefined>
}

/** One job with everything that happened to it; `undefined` when there is none with this id. */
export async function getJob(deps: Deps, id: string): Promise<JobDetail | undefined> {
  const shard = isId('job', id) ? deps.shardOf(id) : undefined
  const row = await shard?.read((db) => findJob(db, id))
  if (!shard || !row) return undefined
  const [log, config, inForce] = await Promise.all([
    shard.read((db) => readLogOfJob(db, id)),
    deps.configFor(row.configRevision),
    deps.config().catch(() => undefined),
  ])
  const longestAttemptMs = Math.max(1_000, ...(inForce?.policies ?? []).map((policy) => policy.timeout.perAttemptMs))
  return toJobDetail(row, log, shard.number, { config, now: deps.now(), longestAttemptMs })
}
