import { readyz } from '@orchestrator/shared/contracts/health'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { NEIGHBOUR_DEADLINE_MS } from '@orchestrator/shared/http/probes'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

export interface InUseDeps {
  /** The revision that a neighbour works with; null where it does not say. Never throws. */
  revisionOf(worker: 'ingress' | 'execution'): Promise<number | null>
}

/** A service binding chooses no host: the name in the URL is only for logs. */
export function createInUseDeps(workers: Record<'ingress' | 'execution', Fetcher | undefined>, logger: Logger): InUseDeps {
  return {
    async revisionOf(worker) {
      try {
        const answer = await withDeadline(ask(workers[worker], worker), NEIGHBOUR_DEADLINE_MS, worker)
        return readyz.pick({ configRevision: true }).parse(answer).configRevision
      } catch (error) {
        logger.log('warn', 'a Worker does not say which revision it works with', { worker, cause: errorMessage(error) })
        return null
      }
    },
  }
}

async function ask(worker: Fetcher | undefined, name: string): Promise<unknown> {
  if (!worker) throw new Error('not bound')
  const response = await worker.fetch(`https://${name}.internal/readyz`, { signal: AbortSignal.timeout(NEIGHBOUR_DEADLINE_MS) })
  return response.json()
}
