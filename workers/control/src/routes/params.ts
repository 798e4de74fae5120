import { AppError } from '@orchestrator/shared/core/errors'
import type { ControlContext } from '../context.ts'

/** What stands in the path for `:id`. */
export function id(c: ControlContext): string {
  return c.req.param('id') ?? ''
}

/** @throws AppError 404 */
export function found<T extends object>(c: ControlContext, what: string, value: T | undefined): T {
  if (value === undefined) throw new AppError('not_found', `There is no such ${what}: ${c.req.path.split('/').at(-1)}.`)
  return value
}
