import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'
import type { Shard } from '@orchestrator/shared/db/shards'
import { dueAtOf } from '@orchestrator/shared/inbox/new-jobs'
import { readStoredWebhook } from '@orchestrator/shared/inbox/replay-webhook'
import type { ManyOutcome, ManyRequest } from '@orchestrator/shared/jobs/many'
import type { NextJob } from '@orchestrator/shared/jobs/ordering'
import type { StoredBody } from '@orchestrator/shared/payloads/body'
import { replayToResponse } from '../inbox/replay-to-response.ts'
import { routeAgain, writeJobs } from '../inbox/route-again.ts'
import { WEBHOOKS_AT_ONCE } from './constants.ts'
import type { Key } from './operation.ts'
import { findReplayed } from './queries-webhooks.ts'

interface Deps {
  now(): number
  configInForce(): Promise<ConfigSnapshot>
  readPayload(stored: StoredBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  newJobId(shard: number, now: number): string
}

type Request = ManyRequest & { routes: readonly string[] | undefined }

/** What came of one: `skipped` where jobs of it are alive, or it is gone. */
type One = { outcome: 'done' | 'skipped'; next: NextJob[] } | { outcome: 'failed'; error: string }

/**
 * Routes stored webhooks again under the configuration in force, a few at a time: each is a batch of its own. Those that this
 * operation has replayed before, in a try that ended in between, are known by their log and counted alike. Rejects when a
 * database cannot; what is done by then is found by the next try.
 */
export async function replayWebhooks(deps: Deps, shard: Shard, keys: readonly Key[], request: Request): Promise<ManyOutcome> {
  const replayed = await shard.read((db) => findReplayed(db, keys, request.auditSeq))
  const config = await deps.configInForce()
  const waiting = keys.map(([id]) => String(id)).filter((id) => !replayed.has(id))
  const total: ManyOutcome = { done: replayed.size, skipped: 0, failed: 0, error: null, next: [] }
  const worker = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const one = await replayOne(deps, shard, id, { ...request, config })
      total[one.outcome]++
      if (one.outcome === 'failed') total.error ??= one.error
      else total.next.push(...one.next)
    }
  }
  const workers = Array.from({ length: WEBHOOKS_AT_ONCE }, worker)
  // Nobody is left behind at work when one of them fails.
  await Promise.allSettled(workers)
  await Promise.all(workers)
  return total
}

async function replayOne(
  deps: Deps,
  shard: Shard,
  id: string,
  { config, routes, bulkId, reason, actor, auditSeq }: Request & { config: ConfigSnapshot },
): Promise<One> {
  const stored = await shard.read((db) => readStoredWebhook(db, id))
  if (!stored) return { outcome: 'skipped', next: [] }
  const routed = await routeAgain(deps, stored, config, routes)
  if (routed.outcome !== 'routed') return { outcome: 'failed', error: sayWhy(id, routed) }
  const { routing } = routed
  const { created, at } = await writeJobs(deps, { shard, stored, config, routing, reason, actor, auditSeq, bulkId })
  const { trace } = stored.row
  const next = created.map((job) => ({ ...job, generation: 1, trace, dueAt: dueAtOf(job, at, at) }))
  return { outcome: created.length > 0 ? 'done' : 'skipped', next }
}

/** In the words that a person hears who replays it alone. */
function sayWhy(id: string, result: Parameters<typeof replayToResponse>[1]): string {
  try {
    replayToResponse(id, result)
    return 'It was not replayed.'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return `${id}: ${error.message}`
  }
}
