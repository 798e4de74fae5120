import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { readCursor } from '@orchestrator/shared/db/cursors'
import type { Shard } from '@orchestrator/shared/db/shards'
import { endOfLog, scanLog, storeLastUses } from './queries.ts'

/** Rows that one statement of D1 looks at. */
const WINDOW = 20_000
/** Of each shard, a minute: together more than a write shard takes in. */
const MAX_WINDOWS = 5

interface Deps {
  now(): number
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  config(): Promise<ConfigSnapshot>
  liveShards(): Promise<Shard[]>
}

/**
 * Brings up to date when providers and connectors were last at work, from the logs of the live shards: nothing is written where
 * webhooks and calls pass. Beside another run of itself it may do the same work twice, and never undoes any.
 */
export async function followLogs(deps: Deps): Promise<void> {
  const withPrevious = providersWithPrevious(await deps.config(), deps.now())
  const shards = await deps.liveShards()
  // A shard that is down keeps none of the others.
  const followed = await Promise.allSettled(shards.map((shard) => followLog(deps, shard, withPrevious)))
  const failed = followed.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

async function followLog(deps: Deps, shard: Shard, withPrevious: readonly string[]): Promise<void> {
  const cursor = `last-use:${shard.name}`
  const end = await shard.read(endOfLog)
  const known = await deps.control((db) => readCursor(db, cursor))
  // 0: not followed yet. A log that ends before where we were is a new one: the shard came round again.
  let position = known === 0 || known > end ? Math.max(0, end - WINDOW * MAX_WINDOWS) : known
  for (let i = 0; i < MAX_WINDOWS && position < end; i++) {
    const upTo = Math.min(end, position + WINDOW)
    const after = position
    const found = await shard.read((db) => scanLog(db, after, upTo, withPrevious))
    await deps.control((db) => storeLastUses(db, found, cursor, upTo))
    position = upTo
  }
}

/** Where it matters which value proved a webhook. */
function providersWithPrevious({ providers, secrets }: ConfigSnapshot, now: number): string[] {
  const names = new Set(
    secrets.flatMap((secret) => {
      switch (secret.source) {
        case 'stored':
          return secret.versions.some(({ validUntil }) => validUntil !== null && validUntil > now) ? secret.name : []
        case 'env':
          return secret.previousVariable === undefined ? [] : secret.name
        case 'store':
          return secret.previousBinding === undefined ? [] : secret.name
      }
    }),
  )
  return providers.flatMap(({ id, secret }) => (secret !== null && names.has(secret) ? id : []))
}
