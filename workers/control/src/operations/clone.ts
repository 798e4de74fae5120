import type { ChangeContext } from '@orchestrator/shared/config/change'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedOperation } from '@orchestrator/shared/contracts/connector-api'
import { refuseIssues } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import { addOperation, type OperationDeps } from './create.ts'
import { findOperation, type OperationPlace } from './find.ts'
import { readOperation } from './read-operation.ts'

/** Another operation of the same connector: with a name of its own, and what else is given instead of what the source has. */
export async function cloneOperation(
  deps: OperationDeps,
  by: ChangeContext,
  place: OperationPlace,
  json: unknown,
): Promise<ChangedOperation> {
  const { fields, reason } = readWrite(json, reasonRequest)
  if (fields['name'] === undefined) refuseIssues([{ path: 'name', message: 'is missing: what the clone is called' }])
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const clone = readOperation(place.connector, null, { ...findOperation(current, place), ...fields })
    return addOperation(current, clone, deps.egressRules, reason, place.name)
  })
  return { ...value, ...changed }
}
