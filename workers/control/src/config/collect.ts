import { AppError, type Issue } from '@orchestrator/shared/core/errors'

/** Issues of one part, as issues of the whole that has it at `path`. */
export function under(path: string, issues: readonly Issue[]): Issue[] {
  return issues.map(({ path: inner, message }) => ({ path: inner === '' ? path : `${path}.${inner}`, message }))
}

/** What `read` answers; when it refuses fields, they are added to `issues` under `path` instead, so that all are told at once. */
export function collect<T>(issues: Issue[], path: string, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    issues.push(...under(path, issuesOf(error)))
    return undefined
  }
}

/** The fields that were refused. @throws whatever else it was */
export function issuesOf(error: unknown): Issue[] {
  if (error instanceof AppError && error.code === 'validation_failed') {
    return error.issues ?? [{ path: '', message: error.message }]
  }
  throw error
}
