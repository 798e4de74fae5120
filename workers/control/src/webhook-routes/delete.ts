import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { findOrThrow } from '../config/edit.ts'

/** Takes a route away. Jobs that it made go on with the revision they pinned. */
export function deleteRoute(deps: ConfigDeps, by: ChangeContext, id: string, why: Why): Promise<Deleted> {
  return deleteItem(deps, by, { action: 'route.deleted', target: `route:${id}`, id }, why, ({ routes }) => ({
    before: findOrThrow(routes, id, 'route'),
    content: { routes: routes.filter((route) => route.id !== id) },
  }))
}
