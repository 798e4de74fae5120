import type { ChangeContext } from '@orchestrator/shared/config/change'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedOperation } from '@orchestrator/shared/contracts/connector-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { changedFields, findOrThrow, refuseIssues } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import type { EgressRules } from '../connectors/address-issue.ts'
import { checkOperation } from './check.ts'
import { findOperation, isAt, type OperationPlace } from './find.ts'
import { readOperation } from './read-operation.ts'
import { targetOf, toOperationView } from './to-api.ts'

/** Changes the fields that are given; each replaces the old one whole. Jobs that exist go on with the revision they pinned. */
export async function updateOperation(
  deps: ConfigDeps & { egressRules: EgressRules },
  by: ChangeContext,
  place: OperationPlace,
  json: unknown,
): Promise<ChangedOperation> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOperation(current, place)
    const connector = findOrThrow(current.connectors, place.connector, 'connector')
    const operation = readOperation(place.connector, before, fields)
    refuseIssues(checkOperation(operation, connector, current, deps.egressRules))
    const operations = current.operations.map((one) => (isAt(place)(one) ? operation : one))
    const content = { ...contentOf(current), operations }
    return {
      content,
      audit: { action: 'operation.updated', target: targetOf(place), reason, ...changedFields(before, operation) },
      value: toOperationView(operation, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
