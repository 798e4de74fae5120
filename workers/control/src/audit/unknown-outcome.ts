import { AppError } from '@orchestrator/shared/core/errors'

/**
 * What the caller hears where a database did not answer whether it made a change: it may make it yet. No outcome is written then: the
 * intent stays open, and `reconcileIntents` concludes it by what the data tells. `look` names where to see it at once.
 */
export function unknownOutcome(cause: unknown, database: string, intentSeq: number, look: string): AppError {
  const message =
    `${database} did not answer, so the change may have been made or not. Look at ${look} before you try again; ` +
    `the audit log tells what came of it within some minutes (intent ${intentSeq}).`
  return new AppError('unavailable', message, { cause, retryAfterSeconds: 5 })
}
