import type { Clock } from '@orchestrator/shared/core/clock'
import type { Random } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { SendDeps } from '../queue/send-follow-ups.ts'

/** What the jobs API needs of the world. Databases that do not answer are 503 problems. */
export interface JobsDeps extends SendDeps {
  now: Clock
  random: Random
  /** Unique to one request. */
  newOwner(): string
  /** Where new jobs go. */
  writeShard(): Shard
  liveShards(): Shard[]
  /** `undefined` for what is no id of ours. */
  shardOf(id: string): Shard | undefined
  /** Keeps an input that is too large for a row. Throws when R2 cannot. */
  writeInput(key: string, text: string): Promise<void>
}
