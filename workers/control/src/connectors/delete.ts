import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { findOrThrow } from '../config/edit.ts'
import { refuseWhileUsed, usersOfConnector } from '../config/usage.ts'
import { toAuditView } from './to-api.ts'

/** Takes a connector away that nothing stands upon. Jobs that exist go on with the revision they pinned. */
export function deleteConnector(deps: ConfigDeps, by: ChangeContext, id: string, why: Why): Promise<Deleted> {
  return deleteItem(deps, by, { action: 'connector.deleted', target: `connector:${id}`, id }, why, (current) => {
    const before = toAuditView(findOrThrow(current.connectors, id, 'connector'))
    refuseWhileUsed('connector', usersOfConnector(id, current))
    const content = {
      connectors: current.connectors.filter((connector) => connector.id !== id),
      // Another connector of this id must not begin paused, or with a breaker that is forced.
      pauses: current.pauses.filter((pause) => pause.kind !== 'connector' || pause.id !== id),
      breakerOverrides: current.breakerOverrides.filter(({ connector }) => connector !== id),
    }
    return { before, content }
  })
}
