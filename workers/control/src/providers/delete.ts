import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { findOrThrow } from '../config/edit.ts'
import { toAuditView } from './to-api.ts'

/** Takes a provider away. What it received stays; jobs go on with the revision they pinned. */
export function deleteProvider(deps: ConfigDeps, by: ChangeContext, id: string, why: Why): Promise<Deleted> {
  return deleteItem(deps, by, { action: 'provider.deleted', target: `provider:${id}`, id }, why, (current) => {
    const before = toAuditView(findOrThrow(current.providers, id, 'provider'))
    const routes = current.routes.filter((route) => route.provider === id).map((route) => route.id)
    if (routes.length > 0) {
      throw new AppError(
        'conflict',
        `Routes still take its events: ${routes.join(', ')}. Delete them first, or give them another provider.`,
      )
    }
    const content = {
      providers: current.providers.filter((provider) => provider.id !== id),
      // Another provider of this id must not begin paused.
      pauses: current.pauses.filter((pause) => pause.kind !== 'provider' || pause.id !== id),
    }
    return { before, content }
  })
}
