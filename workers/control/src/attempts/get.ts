import type { Attempt } from '@orchestrator/shared/contracts/control-api'
import { parseLogId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { readLog } from '../lists/by-seq.ts'
import { toAttempt } from './to-api.ts'

/** One attempt by its id (`att_00.123`); `undefined` when there is none. */
export async function getAttempt(
  deps: { shardNumbered(number: number): Shard | undefined },
  id: string,
): Promise<Attempt | undefined> {
  const place = parseLogId(id)
  const shard = place?.kind === 'att' ? deps.shardNumbered(place.shard) : undefined
  if (!place || !shard) return undefined
  const [row] = await shard.read((db) => readLog(db, [place.seq]))
  return row ? toAttempt(row, shard.number) : undefined
}
