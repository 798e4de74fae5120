import { CURRENT_KEY } from '@orchestrator/shared/config/snapshot-store'
import type { livez, Readyz } from '@orchestrator/shared/contracts/health'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { shardLabel } from '@orchestrator/shared/core/ids'
import { shardDb } from '@orchestrator/shared/db/data-db'
import type { z } from 'zod'
import type { IngressApp } from '../app.ts'
import { type Isolate, loggedSources } from '../deps.ts'

const PROBE_DEADLINE_MS = 1_000

type Dependency = Readyz['dependencies'][number]

/** `/livez`: the Worker runs. `/readyz`: it can accept, since it has a configuration and at least one durable place. */
export function registerHealth(app: IngressApp, isolate: Isolate): void {
  app.get('/livez', (c) =>
    c.json({ status: 'ok', worker: 'ingress', version: c.env.VERSION ?? 'unversioned' } satisfies z.infer<typeof livez>),
  )

  app.get('/readyz', async (c) => {
    const { env } = c
    const config = await probe('config', true, () => isolate.loader.current(loggedSources(env, c.var.logger)))
    const shard = config.value?.settings.writeShard ?? 0
    const probes = await Promise.all([
      probe('CONTROL_DB', false, () => env.CONTROL_DB.prepare('SELECT 1').first()),
      probe(`DATA_${shardLabel(shard)}`, false, async () => {
        const db = shardDb(env, shard)
        if (!db) throw new Error('not bound')
        await db.prepare('SELECT 1').first()
      }),
      probe('PAYLOADS', false, () => env.PAYLOADS.head(CURRENT_KEY)),
      probe('WEBHOOK_QUEUE', false, () => env.WEBHOOK_QUEUE.metrics()),
    ])
    const dependencies = [config.dependency, ...probes.map(({ dependency }) => dependency)]
    const status = computeReadiness(dependencies)
    const body: Readyz = { status, worker: 'ingress', configRevision: config.value?.revision ?? null, dependencies }
    return c.json(body, status === 'unavailable' ? 503 : 200)
  })
}

/** Ready when all is up, degraded while everything required and one durable place (not CONTROL_DB) is, else unavailable. */
export function computeReadiness(dependencies: readonly Dependency[]): Readyz['status'] {
  if (dependencies.every(({ status }) => status === 'up')) return 'ready'
  if (dependencies.some(({ status, required }) => required && status === 'down')) return 'unavailable'
  const durable = dependencies.filter(({ name, required }) => !required && name !== 'CONTROL_DB')
  return durable.some(({ status }) => status === 'up') ? 'degraded' : 'unavailable'
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
