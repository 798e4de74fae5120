import type { Operation } from '@orchestrator/shared/contracts/connector'
import { AppError } from '@orchestrator/shared/core/errors'
import { fillPath } from '../connectors/build-request.ts'

/**
 * What an operation needs of its input, as far as a caller can mend it.
 * @throws AppError 400 that names the fields.
 */
export function checkInput(operation: Operation, input: unknown): void {
  const names = [...operation.path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name)
  const unusable = names.filter((name) => !fillPath(`{${name}}`, input).ok)
  if (unusable.length === 0) return
  throw new AppError('validation_failed', `The input does not fill the path of the operation “${operation.name}”; see issues.`, {
    issues: unusable.map((name) => ({ path: `input.${name}`, message: 'a number, or a text that is not empty, “.” or “..”' })),
  })
}
