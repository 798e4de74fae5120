/** Where an operation finds what it is to do: a walk over one shard, newest first. */
import type { Condition } from '@orchestrator/shared/lists/filters'
import { scan } from '@orchestrator/shared/lists/scan'
import type { BulkPlan } from '@orchestrator/shared/contracts/bulk-api'
import type { Shard } from '@orchestrator/shared/db/shards'
import { MAX_LOOKED } from './constants.ts'
import type { Key } from './operation.ts'
import type { Chosen } from './step.ts'

export interface Count {
  count: number
  /** There are more rows than it may look at. */
  capped: boolean
}

export interface Source {
  /** The next rows below a key, each with whether it is wanted. `shard` is the number in ids. */
  look(db: D1Database, shard: number, after: Key | null, limit: number): Promise<{ key: Key; hit: boolean }[]>
  /** The same for a plan's few, where another way than that of the walk leads there at once. */
  newest?: Pick<Source, 'look'>
  /** Looks at `cap` rows at the most. */
  count(db: D1Database, shard: number, cap: number): Promise<Count>
  describe(db: D1Database, keys: readonly Key[]): Promise<BulkPlan['sample']>
}

/** Counts those of the rows that are wanted. */
export async function countOf(db: D1Database, wanted: Condition, rows: Condition, cap: number): Promise<Count> {
  const row = await db
    .prepare(
      `SELECT count(*) AS looked, coalesce(sum(hit), 0) AS count FROM (SELECT (${wanted.sql}) AS hit FROM ${rows.sql} LIMIT ?)`,
    )
    .bind(...wanted.values, ...rows.values, cap + 1)
    .first<{ looked: number; count: number }>()
  const { looked = 0, count = 0 } = row ?? {}
  return { count, capped: looked > cap }
}

/** The next ones that are wanted; looks at {@link MAX_LOOKED} rows at the most. */
export async function choose(source: Pick<Source, 'look'>, shard: Shard, after: Key | null, want: number): Promise<Chosen> {
  const rows = {
    look: (from: Key | null, limit: number) => shard.read((db) => source.look(db, shard.number, from, limit)),
    fetch: async (keys: readonly Key[]) => keys.map((key) => ({ key, item: key })),
  }
  const { found, stoppedAt } = await scan(rows, { after, want, budget: Math.max(want, MAX_LOOKED) })
  const keys = found.map(({ key }) => key)
  return { keys, after: stoppedAt ?? (keys.length === want ? (keys.at(-1) ?? null) : null) }
}
