import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { refuseWhileUsed } from '../config/usage.ts'
import { findOperation, isAt, type OperationPlace } from './find.ts'
import { targetOf } from './to-api.ts'

/** Takes an operation away that no enabled route calls. Jobs that exist go on with the revision they pinned. */
export async function deleteOperation(
  deps: ConfigDeps,
  by: ChangeContext,
  place: OperationPlace,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOperation(current, place)
    const calling = current.routes.filter(
      ({ enabled, connector, operation }) => enabled && connector === place.connector && operation === place.name,
    )
    refuseWhileUsed('operation', { 'the enabled routes': calling.map(({ id }) => id) })
    return {
      content: { ...contentOf(current), operations: current.operations.filter((one) => !isAt(place)(one)) },
      audit: { action: 'operation.deleted', target: targetOf(place), reason, before, after: null },
      value: { id: place.name, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
