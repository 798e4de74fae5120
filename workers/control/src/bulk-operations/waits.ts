import { DeadlineError } from '@orchestrator/shared/core/clock'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { isTransientD1Error } from '@orchestrator/shared/db/retry'

/** Of a database as a whole, whatever it was asked: full, broken, or failing inside. */
const WHOLE_DATABASE =
  /SQLITE_(?:FULL|IOERR|NOMEM|READONLY|CORRUPT|CANTOPEN|PROTOCOL)|disk is full|disk I\/O|maximum (?:DB|database) size|internal error/i
/** What a database says of one statement and its values. */
const STATEMENT = /\bD1_|SQLITE_|malformed JSON|constraint failed/

/**
 * Whether an error is about what everything needs (a database, R2, the time that there is), so that a step waits and is done again,
 * and no row is to be blamed. What others do to the same webhook at the same moment is over when it is done again, too.
 */
export function isWorthWaiting(error: unknown): boolean {
  const causes = chainOf(error)
  if (causes.some((cause) => cause instanceof DeadlineError || WHOLE_DATABASE.test(errorMessage(cause)))) return true
  if (isTransientD1Error(error)) return true
  if (!(error instanceof AppError)) return false
  if (error.code === 'conflict') return true
  return error.code === 'unavailable' && !causes.slice(1).some(isAboutItems)
}

function isAboutItems(cause: unknown): boolean {
  if (cause instanceof TypeError || cause instanceof SyntaxError || cause instanceof RangeError) return true
  return STATEMENT.test(errorMessage(cause))
}

function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let cause = error; cause !== undefined && chain.length < 10; cause = cause instanceof Error ? cause.cause : undefined) {
    chain.push(cause)
  }
  return chain
}
