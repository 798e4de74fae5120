import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow } from '../config/edit.ts'
import { toAuditView } from './to-api.ts'

/** Takes a provider away. What it received stays; jobs go on with the revision they pinned. */
export async function deleteProvider(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.providers, id, 'provider')
    const routes = current.routes.filter((route) => route.provider === id).map((route) => route.id)
    if (routes.length > 0) {
      throw new AppError(
        'conflict',
        `Routes still take its events: ${routes.join(', ')}. Delete them first, or give them another provider.`,
      )
    }
    return {
      content: {
        ...contentOf(current),
        providers: current.providers.filter((provider) => provider.id !== id),
        // Another provider of this id must not begin paused.
        pauses: current.pauses.filter((pause) => pause.kind !== 'provider' || pause.id !== id),
      },
      audit: { action: 'provider.deleted', target: `provider:${id}`, reason, before: toAuditView(before), after: null },
      value: { id, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
