import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { refuseWhileUsed } from '../config/usage.ts'
import { findOperation, isAt, type OperationPlace } from './find.ts'
import { targetOf } from './to-api.ts'

/** Takes an operation away that no enabled route calls. Jobs that exist go on with the revision they pinned. */
export function deleteOperation(deps: ConfigDeps, by: ChangeContext, place: OperationPlace, why: Why): Promise<Deleted> {
  const item = { action: 'operation.deleted' as const, target: targetOf(place), id: place.name }
  return deleteItem(deps, by, item, why, (current) => {
    const before = findOperation(current, place)
    const calling = current.routes.filter(
      ({ enabled, connector, operation }) => enabled && connector === place.connector && operation === place.name,
    )
    refuseWhileUsed('operation', { 'the enabled routes': calling.map(({ id }) => id) })
    return { before, content: { operations: current.operations.filter((one) => !isAt(place)(one)) } }
  })
}
