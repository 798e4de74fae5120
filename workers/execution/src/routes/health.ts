import { CURRENT_KEY } from '@orchestrator/shared/config/snapshot-store'
import type { livez, Readyz } from '@orchestrator/shared/contracts/health'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { shardLabel } from '@orchestrator/shared/core/ids'
import { shardDb } from '@orchestrator/shared/db/data-db'
import type { z } from 'zod'
import type { ExecutionApp } from '../app.ts'
import { type Isolate, loggedSources } from '../deps.ts'
import type { Env } from '../env.ts'

const PROBE_DEADLINE_MS = 1_000
/** The objects that only answer probes; no connector can be called so. */
const PROBE_NAME = '(probe)'

type Dependency = Readyz['dependencies'][number]

/** `/livez`: the Worker runs. `/readyz`: it can work jobs, since it has a configuration and the shard that is written to. */
export function registerHealth(app: ExecutionApp, isolate: Isolate): void {
  app.get('/livez', (c) =>
    c.json({ status: 'ok', worker: 'execution', version: c.env.VERSION ?? 'unversioned' } satisfies z.infer<typeof livez>),
  )

  app.get('/readyz', async (c) => {
    const config = await probe('config', true, () => isolate.loader.current(loggedSources(c.env, c.var.logger)))
    const settings = config.value?.settings ?? { writeShard: 0, liveShards: [0] }
    const others = await Promise.all(probes(c.env, settings))
    const dependencies = [config.dependency, ...others.map(({ dependency }) => dependency)]
    const status = computeReadiness(dependencies)
    const body: Readyz = { status, worker: 'execution', configRevision: config.value?.revision ?? null, dependencies }
    return c.json(body, status === 'unavailable' ? 503 : 200)
  })
}

function probes(env: Env, { writeShard, liveShards }: { writeShard: number; liveShards: readonly number[] }) {
  return [
    ...liveShards.map((shard) =>
      probe(`DATA_${shardLabel(shard)}`, shard === writeShard, async () => {
        const db = shardDb(env, shard)
        if (!db) throw new Error('not bound')
        await db.prepare('SELECT 1').first()
      }),
    ),
    probe('CONTROL_DB', false, () => env.CONTROL_DB.prepare('SELECT 1').first()),
    probe('PAYLOADS', false, () => env.PAYLOADS.head(CURRENT_KEY)),
    probe('WEBHOOK_QUEUE', false, () => env.WEBHOOK_QUEUE.metrics()),
    probe('CIRCUIT_BREAKER', false, () => env.CIRCUIT_BREAKER.get(env.CIRCUIT_BREAKER.idFromName(PROBE_NAME)).ping()),
    probe('RATE_LIMITER', false, () => env.RATE_LIMITER.get(env.RATE_LIMITER.idFromName(PROBE_NAME)).ping()),
  ]
}

/** Unavailable without something required, degraded without something else. */
export function computeReadiness(dependencies: readonly Dependency[]): Readyz['status'] {
  const down = dependencies.filter(({ status }) => status === 'down')
  if (down.some(({ required }) => required)) return 'unavailable'
  return down.length > 0 ? 'degraded' : 'ready'
}

async function probe<T>(
  name: string,
  required: boolean,
  work: () => Promise<T>,
): Promise<{ dependency: Dependency; value: T | undefined }> {
  const startedAt = Date.now()
  const known = { name, required }
  try {
    const value = await withDeadline(work(), PROBE_DEADLINE_MS, name)
    return { dependency: { ...known, status: 'up', latencyMs: Date.now() - startedAt, detail: null }, value }
  } catch (error) {
    const detail = errorMessage(error)
    return { dependency: { ...known, status: 'down', latencyMs: Date.now() - startedAt, detail }, value: undefined }
  }
}
