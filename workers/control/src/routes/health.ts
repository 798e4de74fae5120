import { errorMessage } from '@orchestrator/shared/core/errors'
import type { ControlHandler } from '../context.ts'
import { configRevisionInUse } from '../deps.ts'
import { computeReadiness } from '../health/readiness.ts'
import { runProbes } from '../health/run-probes.ts'

/** The Worker runs. */
export const livez: ControlHandler = async (c) =>
  c.json({ status: 'ok', worker: 'control', version: c.env.VERSION ?? 'unversioned' })

/** What works and what does not, by name: 503 only when CONTROL_DB does not answer. */
export const readyz: ControlHandler = async (c) => {
  const { probes, now, logger } = c.get('deps')
  const results = await runProbes(probes, now, (name, error) =>
    logger.log('warn', 'a dependency is down', { dependency: name, cause: errorMessage(error) }),
  )
  const readiness = computeReadiness(results, configRevisionInUse())
  return c.json(readiness, readiness.status === 'unavailable' ? 503 : 200, { 'cache-control': 'no-store' })
}
