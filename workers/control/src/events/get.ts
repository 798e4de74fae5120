import type { Event } from '@orchestrator/shared/contracts/control-api'
import { parseLogId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { readLog } from '../lists/by-seq.ts'
import { toEvents } from './to-api.ts'

/** One event by its id (`evt_00.123.0`); `undefined` when there is none. */
export async function getEvent(
  deps: { shardNumbered(number: number): Shard | undefined },
  id: string,
): Promise<Event | undefined> {
  const place = parseLogId(id)
  const shard = place?.kind === 'evt' ? deps.shardNumbered(place.shard) : undefined
  if (!place || !shard) return undefined
  const [row] = await shard.read((db) => readLog(db, [place.seq]))
  return row ? toEvents(row, shard.number)[place.index] : undefined
}
