import { latestRevision, CURRENT_KEY } from '@orchestrator/shared/config/snapshot-store'
import type { ControlEnv } from '../env.ts'
import { type Probe, PROBE_DEADLINE_MS, ProbeFailure } from './run-probes.ts'

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
    { name: 'DATA_00', required: false, check: () => probeD1(env.DATA_00) },
    { name: 'DATA_01', required: false, check: () => probeD1(env.DATA_01) },
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
    { name: 'ingress', required: false, check: () => probeWorker(env.INGRESS, 'ingress') },
    { name: 'execution', required: false, check: () => probeWorker(env.EXECUTION, 'execution') },
  ]
}

async function probeD1(db: D1Database): Promise<null> {
  await db.prepare('SELECT 1 FROM jobs LIMIT 1').first()
  return null
}

/** A service binding chooses no host: the name in the URL is only for logs. */
async function probeWorker(worker: Fetcher, name: string): Promise<null> {
  const response = await worker.fetch(`https://${name}.internal/readyz`, { signal: AbortSignal.timeout(PROBE_DEADLINE_MS) })
  await response.body?.cancel()
  if (response.status !== 200) throw new ProbeFailure(`answered ${response.status}`)
  return null
}
