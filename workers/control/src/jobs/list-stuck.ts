import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { QUEUE_NAMES } from '@orchestrator/shared/contracts/queue'
import type { StuckJobs } from '@orchestrator/shared/contracts/work-api'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import type { Shard } from '@orchestrator/shared/db/shards'
import { findStuck, type StuckRow } from './queries.ts'
import { toJobSummary } from './to-api.ts'

/** What the sweep has not put right in this time is stuck, ms: it comes every minute. */
const STUCK_AFTER_MS = 300_000
/** Jobs looked at in each queue of a shard: those that were to be looked at first. */
const LOOKED_PER_QUEUE = 250
const MAX_SHOWN = 200

interface Deps {
  now(): number
  config(): Promise<ConfigSnapshot>
  liveShards(): Promise<Shard[]>
}

/** Jobs that do not move though they should: running under a lease that ended a while ago, or overdue for the sweep. Longest first. */
export async function listStuckJobs(deps: Deps): Promise<StuckJobs> {
  const before = deps.now() - STUCK_AFTER_MS
  const config = await deps.config()
  const found: StuckRow[] = []
  let capped = false
  for (const shard of await deps.liveShards()) {
    for (const queue of QUEUE_NAMES) {
      const { rows, looked } = await shard.read((db) => findStuck(db, queue, before, LOOKED_PER_QUEUE))
      found.push(...rows)
      capped ||= looked === LOOKED_PER_QUEUE
    }
  }
  found.sort((a, b) => sinceOf(a) - sinceOf(b))
  const items = found.slice(0, MAX_SHOWN).map((row) => ({
    ...toJobSummary(row, config),
    why: row.why,
    leaseUntil: toTimeOrNull(row.leaseUntil),
    nextLookAt: toTimeOrNull(row.wakeAt),
    resends: row.resends,
  }))
  return { items, capped: capped || found.length > MAX_SHOWN }
}

function sinceOf({ why, leaseUntil, wakeAt }: StuckRow): number {
  return (why === 'lease_ended' ? leaseUntil : wakeAt) ?? 0
}
