import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow } from '../config/edit.ts'

/** Takes a route away. Jobs that it made go on with the revision they pinned. */
export async function deleteRoute(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.routes, id, 'route')
    return {
      content: { ...contentOf(current), routes: current.routes.filter((route) => route.id !== id) },
      audit: { action: 'route.deleted', target: `route:${id}`, reason, before, after: null },
      value: { id, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
