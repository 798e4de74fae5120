import { latestRevision, CURRENT_KEY } from '@orchestrator/shared/config/snapshot-store'
import { pingDb } from '@orchestrator/shared/db/ping'
import { NEIGHBOUR_DEADLINE_MS, type Probe, ProbeFailure } from '@orchestrator/shared/http/probes'
import type { ControlEnv } from '../env.ts'

/** Everything control asks for its health. It cannot do without CONTROL_DB; the rest degrades it visibly. */
export function createProbes(env: ControlEnv): Probe[] {
  const queues = [env.WEBHOOK_QUEUE, env.CRITICAL_QUEUE, env.DEFAULT_QUEUE, env.LOW_QUEUE]
  return [
    {
      name: 'CONTROL_DB',
      required: true,
      check: async () => {
        const revision = await latestRevision(env.CONTROL_DB)
        return revision === null ? 'no configuration published yet' : `configuration revision ${revision}`
      },
    },
    { name: 'DATA_00', required: false, check: () => pingDb(env.DATA_00, 'jobs') },
    { name: 'DATA_01', required: false, check: () => pingDb(env.DATA_01, 'jobs') },
    {
      name: 'PAYLOADS',
      required: false,
      check: async () => ((await env.PAYLOADS.head(CURRENT_KEY)) ? null : 'no configuration snapshot in R2'),
    },
    {
      name: 'queues',
      required: false,
      check: async () => {
        await Promise.all(queues.map((queue) => queue.metrics()))
        return null
      },
    },
    neighbour('ingress', env.INGRESS),
    neighbour('execution', env.EXECUTION),
  ]
}

/** What hangs in its turn must not look like a Worker that is down itself, so it has the time to say which of its own is. */
function neighbour(name: string, worker: Fetcher | undefined): Probe {
  return { name, required: false, check: () => probeWorker(worker, name), deadlineMs: NEIGHBOUR_DEADLINE_MS }
}

/** A service binding chooses no host: the name in the URL is only for logs. */
export async function askReadyz(worker: Fetcher | undefined, name: string): Promise<Response> {
  if (!worker) throw new ProbeFailure('not bound')
  return worker.fetch(`https://${name}.internal/readyz`, { signal: AbortSignal.timeout(NEIGHBOUR_DEADLINE_MS) })
}

async function probeWorker(worker: Fetcher | undefined, name: string): Promise<null> {
  const response = await askReadyz(worker, name)
  await response.body?.cancel()
  if (response.status !== 200) throw new ProbeFailure(`answered ${response.status}`)
  return null
}
