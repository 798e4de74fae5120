import type { Operation } from '@orchestrator/shared/contracts/connector'
import { operationInput } from '@orchestrator/shared/contracts/connector-api'
import { refuseIssues } from '../config/edit.ts'
import { merge, parseStrictly } from '../config/read-input.ts'

/**
 * The operation of this connector that the fields describe, upon what it was before. Its connector stands in the address.
 * @throws AppError 400 naming each field that is wrong.
 */
export function readOperation(connector: string, before: Operation | null, fields: Record<string, unknown>): Operation {
  const operation = parseStrictly(operationInput, { ...merge(before ?? {}, fields, []), connector })
  const { connector: said = connector, name = before?.name } = fields
  if (said !== connector) refuseIssues([{ path: 'connector', message: `is ${connector}, as the address says` }])
  if (before && name !== before.name) refuseIssues([{ path: 'name', message: 'cannot be changed' }])
  return operation
}
