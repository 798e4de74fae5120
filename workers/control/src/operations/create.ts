import type { ChangeContext } from '@orchestrator/shared/config/change'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
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

/** A new operation: one more call that a connector offers. */
export async function createOperation(
  deps: ConfigDeps & { egressRules: EgressRules },
  by: ChangeContext,
  connectorId: string,
  json: unknown,
): Promise<ChangedOperation> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const operation = readOperation(connectorId, null, fields)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const connector = findOrThrow(current.connectors, connectorId, 'connector')
    if (current.operations.some(isAt(operation))) {
      throw new AppError('conflict', `The connector ${connectorId} has an operation ${operation.name} already.`)
    }
    refuseIssues(checkOperation(operation, connector, current, deps.egressRules))
    const content = { ...contentOf(current), operations: [...current.operations, operation] }
    return {
      content,
      audit: { action: 'operation.created', target: targetOf(operation), reason, before: null, after: operation },
      value: toOperationView(operation, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
