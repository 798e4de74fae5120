import { errorMessage } from '@orchestrator/shared/core/errors'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

interface Deps {
  logger: Logger
  wakeRunner(id: string): Promise<void>
}

/** Has the next step of an operation taken. Never rejects: what cannot be woken now is woken by the cron. */
export async function wake(deps: Deps, id: string): Promise<void> {
  try {
    await deps.wakeRunner(id)
  } catch (error) {
    deps.logger.log('warn', 'a bulk operation could not be woken; the cron will', { id, cause: errorMessage(error) })
  }
}
