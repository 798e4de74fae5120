import { readyz } from '@orchestrator/shared/contracts/health'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { NEIGHBOUR_DEADLINE_MS } from '@orchestrator/shared/http/probes'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { askReadyz } from '../health/probes.ts'

export interface InUseDeps {
  /** The revision that a neighbour works with; null where it does not say. Never throws. */
  revisionOf(worker: 'ingress' | 'execution'): Promise<number | null>
}

/** The real function. */
export function createInUseDeps(workers: Record<'ingress' | 'execution', Fetcher | undefined>, logger: Logger): InUseDeps {
  return {
    async revisionOf(worker) {
      try {
        const asking = askReadyz(workers[worker], worker).then((response) => response.json())
        const answer = await withDeadline(asking, NEIGHBOUR_DEADLINE_MS, worker)
        return readyz.pick({ configRevision: true }).parse(answer).configRevision
      } catch (error) {
        logger.log('warn', 'a Worker does not say which revision it works with', { worker, cause: errorMessage(error) })
        return null
      }
    },
  }
}
