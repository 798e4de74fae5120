import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { CURRENT_KEY } from '@orchestrator/shared/config/snapshot-store'
import { loggedSources } from '@orchestrator/shared/config/sources'
import type { livez, Readyz } from '@orchestrator/shared/contracts/health'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { shardLabel } from '@orchestrator/shared/core/ids'
import { shardDb } from '@orchestrator/shared/db/data-db'
import { pingDb } from '@orchestrator/shared/db/ping'
import { versionOf } from '@orchestrator/shared/http/app'
import { computeReadiness, type Probe, readyzResponse, runProbes } from '@orchestrator/shared/http/probes'
import type { z } from 'zod'
import type { IngressApp } from '../app.ts'
import type { Isolate } from '../deps.ts'
import type { Env } from '../env.ts'

/** `/livez`: the Worker runs. `/readyz`: it can accept, since it has a configuration and at least one durable place. */
export function registerHealth(app: IngressApp, isolate: Isolate): void {
  app.get('/livez', (c) => c.json({ status: 'ok', worker: 'ingress', version: versionOf(c.env) } satisfies z.infer<typeof livez>))

  app.get('/readyz', async (c) => {
    const { env } = c
    let config: ConfigSnapshot | undefined
    const loadConfig = async () => {
      config = await isolate.loader.current(loggedSources(env, c.var.logger))
      return null
    }
    const onFailure = (name: string, error: unknown) =>
      c.var.logger.log('warn', 'a dependency is down', { dependency: name, cause: errorMessage(error) })
    const dependencies = [
      ...(await runProbes([{ name: 'config', required: true, check: loadConfig }], Date.now, onFailure)),
      ...(await runProbes(probes(env, config?.settings.writeShard ?? 0), Date.now, onFailure)),
    ]
    const configRevision = config?.revision ?? null
    return readyzResponse({ status: acceptingReadiness(dependencies), worker: 'ingress', configRevision, dependencies })
  })
}

function probes(env: Env, shard: number): Probe[] {
  return [
    { name: 'CONTROL_DB', required: false, check: () => pingDb(env.CONTROL_DB, 'config_revisions') },
    { name: `DATA_${shardLabel(shard)}`, required: false, check: () => pingDb(shardDb(env, shard), 'jobs') },
    { name: 'PAYLOADS', required: false, check: () => env.PAYLOADS.head(CURRENT_KEY).then(() => null) },
    { name: 'WEBHOOK_QUEUE', required: false, check: () => env.WEBHOOK_QUEUE.metrics().then(() => null) },
  ]
}

/** One durable place is enough to accept; CONTROL_DB is none. */
function acceptingReadiness(dependencies: Readyz['dependencies']): Readyz['status'] {
  const durable = dependencies.filter(({ name, required }) => !required && name !== 'CONTROL_DB')
  return durable.some(({ status }) => status === 'up') ? computeReadiness(dependencies) : 'unavailable'
}
