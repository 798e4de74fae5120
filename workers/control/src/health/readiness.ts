import type { Readyz } from '@orchestrator/shared/contracts/health'
import type { ProbeResult } from './run-probes.ts'

/** Control works without everything but what is required; then it is degraded and says by what. */
export function computeReadiness(dependencies: ProbeResult[], configRevision: number | null): Readyz {
  const down = dependencies.filter((one) => one.status === 'down')
  const status = down.some((one) => one.required) ? 'unavailable' : down.length > 0 ? 'degraded' : 'ready'
  return { status, worker: 'control', configRevision, dependencies }
}
