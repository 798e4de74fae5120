import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ChangedRoute, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow, refuseIssues, withItem } from '../config/edit.ts'
import { checkRoute } from './check.ts'
import { toRouteView } from './to-api.ts'

/** Lets a route take events, or leave them. Repeatable. What was taken away while it was disabled keeps it disabled. */
export async function setRouteEnabled(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  enabled: boolean,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<ChangedRoute> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.routes, id, 'route')
    const route = { ...before, enabled }
    if (enabled) refuseIssues(checkRoute(route, current))
    return {
      content: { ...contentOf(current), routes: withItem(current.routes, route) },
      audit: {
        action: enabled ? 'route.enabled' : 'route.disabled',
        target: `route:${id}`,
        reason,
        before: { enabled: before.enabled },
        after: { enabled },
      },
      value: toRouteView(route),
    }
  })
  return { ...value, ...changed }
}
