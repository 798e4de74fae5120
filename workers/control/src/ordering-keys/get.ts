import { type OrderingKey, releaseKeyRequest } from '@orchestrator/shared/contracts/work-api'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import type { Shard } from '@orchestrator/shared/db/shards'
import { type Line, readLine } from '@orchestrator/shared/jobs/release-key'

export const orderingKeyQuery = releaseKeyRequest.pick({ key: true })

interface Deps {
  now(): number
  liveShards(): Promise<Shard[]>
}

/** Who is first of an ordering key, why it is not done, and how many wait behind it; no lines where nobody does. */
export async function getOrderingKey(deps: Deps, key: string): Promise<OrderingKey> {
  const shards = await deps.liveShards()
  const lines = await Promise.all(shards.map((shard) => shard.read((db) => readLine(db, key))))
  const now = deps.now()
  return { key, lines: lines.flatMap((line) => (line ? [toLine(line, now)] : [])) }
}

function toLine({ first, waiting, capped }: Line, now: number): OrderingKey['lines'][number] {
  const { id, state: status, generation, connector, operation, lastError } = first
  return { first: { id, status, generation, connector, operation }, ...whyOf(first, now), lastError, waiting, capped }
}

function whyOf({ state, leaseUntil, finishedAt, dueAt }: Line['first'], now: number) {
  switch (state) {
    case 'dead':
      return { why: 'blocked' as const, at: toTimeOrNull(finishedAt) }
    case 'running':
      return { why: 'running' as const, at: toTimeOrNull(leaseUntil) }
    case 'held':
      return { why: 'held' as const, at: null }
    default:
      return { why: dueAt > now ? ('waits_until' as const) : ('due' as const), at: toTimeOrNull(dueAt) }
  }
}
