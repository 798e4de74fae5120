import type { Operation } from '@orchestrator/shared/contracts/connector'
import { AppError, type Issue } from '@orchestrator/shared/core/errors'
import { validateInput } from '@orchestrator/shared/json-schema/validate'
import { fillPath } from '../connectors/build-request.ts'

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

/** What is wrong with an input, by field: what the path needs, and what the operation's schema asks for. */
export function inputIssues(operation: Operation, input: unknown): Issue[] {
  const names = [...operation.path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name)
  const unusable = names.filter((name) => !fillPath(`{${name}}`, input).ok)
  const issues = operation.inputSchema === null ? [] : validateInput(operation.inputSchema, input)
  return [
    ...unusable.map((name) => ({ path: `input.${name}`, message: 'a number, or a text that is not empty, “.” or “..”' })),
    ...issues.map(({ path, message }) => ({ path: path === '' ? 'input' : `input.${path}`, message })),
  ]
}
