import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { CURRENT_KEY } from '@orchestrator/shared/config/snapshot-store'
import { loggedSources } from '@orchestrator/shared/config/sources'
import type { livez } from '@orchestrator/shared/contracts/health'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { shardLabel } from '@orchestrator/shared/core/ids'
import { shardDb } from '@orchestrator/shared/db/data-db'
import { pingDb } from '@orchestrator/shared/db/ping'
import { versionOf } from '@orchestrator/shared/http/app'
import { computeReadiness, type Probe, readyzResponse, runProbes } from '@orchestrator/shared/http/probes'
import type { z } from 'zod'
import type { ExecutionApp } from '../app.ts'
import type { Isolate } from '../deps.ts'
import type { Env } from '../env.ts'

/** The objects that only answer probes; no connector can be called so. */
const PROBE_NAME = '(probe)'

/** `/livez`: the Worker runs. `/readyz`: it can work jobs, since it has a configuration and the shard that is written to. */
export function registerHealth(app: ExecutionApp, isolate: Isolate): void {
  app.get('/livez', (c) =>
    c.json({ status: 'ok', worker: 'execution', version: versionOf(c.env) } satisfies z.infer<typeof livez>),
  )

  app.get('/readyz', async (c) => {
    let config: ConfigSnapshot | undefined
    const loadConfig = async () => {
      config = await isolate.loader.current(loggedSources(c.env, c.var.logger))
      return null
    }
    const onFailure = (name: string, error: unknown) =>
      c.var.logger.log('warn', 'a dependency is down', { dependency: name, cause: errorMessage(error) })
    const dependencies = [
      ...(await runProbes([{ name: 'config', required: true, check: loadConfig }], Date.now, onFailure)),
      ...(await runProbes(probes(c.env, config?.settings ?? { writeShard: 0, liveShards: [0] }), Date.now, onFailure)),
    ]
    const configRevision = config?.revision ?? null
    return readyzResponse({ status: computeReadiness(dependencies), worker: 'execution', configRevision, dependencies })
  })
}

function probes(env: Env, { writeShard, liveShards }: { writeShard: number; liveShards: readonly number[] }): Probe[] {
  return [
    ...liveShards.map((shard) => ({
      name: `DATA_${shardLabel(shard)}`,
      required: shard === writeShard,
      check: () => pingDb(shardDb(env, shard), 'jobs'),
    })),
    { name: 'CONTROL_DB', required: false, check: () => pingDb(env.CONTROL_DB, 'config_revisions') },
    { name: 'PAYLOADS', required: false, check: () => env.PAYLOADS.head(CURRENT_KEY).then(() => null) },
    { name: 'WEBHOOK_QUEUE', required: false, check: () => env.WEBHOOK_QUEUE.metrics().then(() => null) },
    { name: 'CIRCUIT_BREAKER', required: false, check: () => ping(env.CIRCUIT_BREAKER) },
    { name: 'RATE_LIMITER', required: false, check: () => ping(env.RATE_LIMITER) },
  ]
}

async function ping(namespace: Env['CIRCUIT_BREAKER'] | Env['RATE_LIMITER']): Promise<null> {
  await namespace.get(namespace.idFromName(PROBE_NAME)).ping()
  return null
}
