import type { Operation } from '@orchestrator/shared/contracts/connector'
import { AppError } from '@orchestrator/shared/core/errors'
import { inputIssues } from '@orchestrator/shared/operations/input-issues'

/**
 * What an operation needs of its input, as far as a caller can mend it.
 * @throws AppError 400 that names the fields.
 */
export function checkInput(operation: Operation, input: unknown): void {
  const issues = inputIssues(operation, input)
  if (issues.length === 0) return
  throw new AppError('validation_failed', `The input is not what the operation “${operation.name}” takes; see issues.`, {
    issues,
  })
}
