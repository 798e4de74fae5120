import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import { parseDeadLetterId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { findDeadLetter } from './queries.ts'
import { toDeadLetter } from './to-api.ts'

/** One dead letter by its id (`job_….<generation>`); `undefined` when there is none. */
export async function getDeadLetter(
  deps: { shardOf(id: string): Shard | undefined },
  id: string,
): Promise<DeadLetter | undefined> {
  const key = parseDeadLetterId(id)
  const row = key && (await deps.shardOf(key.jobId)?.read((db) => findDeadLetter(db, key.jobId, key.generation)))
  return row ? toDeadLetter(row) : undefined
}
