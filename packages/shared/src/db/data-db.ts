import { shardLabel, shardOf } from '../core/ids.ts'

/** The ring of DATA databases, by binding name: `DATA_00`, `DATA_01`, … */
export interface DataBindings {
  DATA_00: D1Database
  DATA_01: D1Database
}

/** The database a shard number names, or `undefined` when it is not bound. */
export function shardDb(env: DataBindings, shard: number): D1Database | undefined {
  return (env as unknown as Record<string, D1Database | undefined>)[`DATA_${shardLabel(shard)}`]
}

/** The database that holds an id's rows, or `undefined` when the id is not one of ours. Every access by id goes through here. */
export function dataDb(env: DataBindings, id: string): D1Database | undefined {
  const shard = shardOf(id)
  return shard === undefined ? undefined : shardDb(env, shard)
}

/** The live shards that are bound, newest first, as lists walk them. */
export function liveDbs(env: DataBindings, liveShards: readonly number[]): { shard: number; db: D1Database }[] {
  return liveShards.flatMap((shard) => {
    const db = shardDb(env, shard)
    return db ? [{ shard, db }] : []
  })
}
