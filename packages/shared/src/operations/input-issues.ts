import type { Operation } from '../contracts/connector.ts'
import type { Issue } from '../core/errors.ts'
import { validateInput } from '../json-schema/validate.ts'
import { fillPath } from './fill-path.ts'
import { rawIssues } from './raw-input.ts'

/**
 * What of an input does not fit its operation, for whoever sent it: fields that the path needs, the schema, and what is to be sent
 * on as it is. Paths begin with `input`. None: a call can be made of it, as far as the input goes.
 */
export function inputIssues(operation: Operation, input: unknown): Issue[] {
  const names = [...operation.path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name)
  const unusable = names.filter((name) => !fillPath(`{${name}}`, input).ok)
  const issues = [
    ...unusable.map((name) => ({
      path: name,
      message: 'a number (of more than 15 digits: as a text), or a text that is not empty, “.” or “..”',
    })),
    ...(operation.inputSchema === null ? [] : validateInput(operation.inputSchema, input)),
    ...rawIssues(operation, input),
  ]
  return issues.map(({ path, message }) => ({ path: path === '' ? 'input' : `input.${path}`, message }))
}

/** The same as one sentence, for the operator. */
export function inputError(operation: Operation, input: unknown): string | undefined {
  const issues = operation.inputSchema === null ? [] : validateInput(operation.inputSchema, input)
  if (issues.length === 0) return undefined
  const told = issues.slice(0, 5).map(({ path, message }) => `${path === '' ? 'it' : `“${path}”`} ${message}`)
  return `the input does not meet the schema of the operation: ${told.join('; ')}`
}
