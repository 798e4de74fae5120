import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { PROBE_DEADLINE_MS } from '@orchestrator/shared/http/probes'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

/** Parts of one answer, each with a deadline: one that cannot be had is null, and named in `unavailable`. `told` goes to the log. */
export function createParts(logger: Logger, told: string) {
  const unavailable: string[] = []
  const part = async <T>(name: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await withDeadline(read(), PROBE_DEADLINE_MS, name)
    } catch (error) {
      unavailable.push(name)
      logger.log('warn', told, { part: name, cause: errorMessage(error) })
      return null
    }
  }
  return { part, unavailable }
}
