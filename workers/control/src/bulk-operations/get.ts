import type { BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { isId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Operation } from './operation.ts'
import { readOperation } from './store.ts'
import { toBulkOperation } from './to-api.ts'

interface Deps {
  shardOf(id: string): Shard | undefined
}

/** One operation by its id; `undefined` when there is none. */
export async function getBulkOperation(deps: Deps, id: string): Promise<BulkOperation | undefined> {
  const operation = await findOperation(deps, id)
  return operation && toBulkOperation(operation)
}

export async function findOperation(deps: Deps, id: string): Promise<Operation | undefined> {
  const shard = isId('blk', id) ? deps.shardOf(id) : undefined
  return shard?.read((db) => readOperation(db, id))
}
