import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow } from '../config/edit.ts'
import { refuseWhileUsed, usersOfConnector } from '../config/usage.ts'
import { toAuditView } from './to-api.ts'

/** Takes a connector away that nothing stands upon. Jobs that exist go on with the revision they pinned. */
export async function deleteConnector(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.connectors, id, 'connector')
    refuseWhileUsed('connector', usersOfConnector(id, current))
    return {
      content: {
        ...contentOf(current),
        connectors: current.connectors.filter((connector) => connector.id !== id),
        // Another connector of this id must not begin paused, or with a breaker that is forced.
        pauses: current.pauses.filter((pause) => pause.kind !== 'connector' || pause.id !== id),
        breakerOverrides: current.breakerOverrides.filter(({ connector }) => connector !== id),
      },
      audit: { action: 'connector.deleted', target: `connector:${id}`, reason, before: toAuditView(before), after: null },
      value: { id, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
