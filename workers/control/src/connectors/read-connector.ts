import { type Connector, UNTOUCHED } from '@orchestrator/shared/contracts/connector'
import { connectorInput } from '@orchestrator/shared/contracts/connector-api'
import { merge, parseStrictly } from '../config/read-input.ts'

/** The connector that these fields describe, upon what it was before. @throws AppError 400 naming each field that is wrong. */
export function readConnector(before: Connector | null, fields: Record<string, unknown>): Connector {
  const { resumedAt, breakerResetAt, ...known } = { ...UNTOUCHED, ...before }
  return { ...parseStrictly(connectorInput, merge(known, fields, [])), resumedAt, breakerResetAt }
}
