import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { Operation } from '@orchestrator/shared/contracts/connector'
import type { ChangedOperation } from '@orchestrator/shared/contracts/connector-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow, refuseIssues } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import type { EgressRules } from '../connectors/address-issue.ts'
import { checkOperation } from './check.ts'
import { isAt } from './find.ts'
import { readOperation } from './read-operation.ts'
import { targetOf, toOperationView } from './to-api.ts'

export type OperationDeps = ConfigDeps & { egressRules: EgressRules }

/** A new operation: one more call that a connector offers. */
export async function createOperation(
  deps: OperationDeps,
  by: ChangeContext,
  connectorId: string,
  json: unknown,
): Promise<ChangedOperation> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const operation = readOperation(connectorId, null, fields)
  const { value, ...changed } = await deps.changeConfig(by, (current) =>
    addOperation(current, operation, deps.egressRules, reason),
  )
  return { ...value, ...changed }
}

/** @throws AppError 400 where the operation does not fit the rest of the configuration, 404 without its connector, 409 for one of its name. */
export function addOperation(
  current: ConfigSnapshot,
  operation: Operation,
  egressRules: EgressRules,
  reason: string | null,
  clonedFrom?: string,
) {
  const connector = findOrThrow(current.connectors, operation.connector, 'connector')
  if (current.operations.some(isAt(operation))) {
    throw new AppError('conflict', `The connector ${connector.id} has an operation ${operation.name} already.`)
  }
  refuseIssues(checkOperation(operation, connector, current, egressRules))
  const content = { ...contentOf(current), operations: [...current.operations, operation] }
  return {
    content,
    audit: {
      action: 'operation.created' as const,
      target: targetOf(operation),
      reason,
      before: null,
      after: { ...operation, ...(clonedFrom === undefined ? {} : { clonedFrom }) },
    },
    value: toOperationView(operation, { ...current, ...content }),
  }
}
