import { errorMessage } from '@orchestrator/shared/core/errors'
import { versionOf } from '@orchestrator/shared/http/app'
import { computeReadiness, readyzResponse, runProbes } from '@orchestrator/shared/http/probes'
import type { ControlHandler } from '../context.ts'
import { configRevisionInUse } from '../deps.ts'

/** The Worker runs. */
export const livez: ControlHandler = async (c) => c.json({ status: 'ok', worker: 'control', version: versionOf(c.env) })

/** What works and what does not, by name: 503 only when CONTROL_DB does not answer. */
export const readyz: ControlHandler = async (c) => {
  const { probes, now, logger } = c.get('deps')
  const dependencies = await runProbes(probes, now, (name, error) =>
    logger.log('warn', 'a dependency is down', { dependency: name, cause: errorMessage(error) }),
  )
  return readyzResponse({
    status: computeReadiness(dependencies),
    worker: 'control',
    configRevision: configRevisionInUse(),
    dependencies,
  })
}
