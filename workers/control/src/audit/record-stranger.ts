import { type RefusedCaller, storeRefusedCaller } from '@orchestrator/shared/audit/refused-callers'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { RejectionSampler } from '@orchestrator/shared/core/rejection-sampler'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

interface Deps {
  logger: Logger
  random(): number
  strangers: RejectionSampler
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
}

/** All of them are of one kind. */
const KIND = 'stranger'

/**
 * Writes down that somebody without a valid token was refused, as far as they are sampled. Never rejects: the refusal stands without it,
 * and nobody waits for it. They cannot be asked to slow down, so they do not get into the chain one by one (`summariseStrangers`).
 */
export async function recordStranger(deps: Deps, caller: RefusedCaller): Promise<void> {
  const sample = deps.strangers.sample(KIND, caller.at, deps.random())
  if (!sample) return
  try {
    await deps.control((db) => storeRefusedCaller(db, caller, sample))
  } catch (error) {
    deps.logger.log('warn', 'refused callers could not be written down', { count: sample.count, cause: errorMessage(error) })
  }
}
