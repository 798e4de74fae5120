import type { ChangeContext } from '@orchestrator/shared/config/change'
import { type ChangedRoute, reasonRequest, routeInput } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { changedFields, findOrThrow, refuseIssues, withItem } from '../config/edit.ts'
import { merge, parseStrictly, readWrite } from '../config/read-input.ts'
import { checkRoute } from './check.ts'
import { toRouteView } from './to-api.ts'

/** Changes the fields that are given. Jobs that exist go on with the revision they pinned. */
export async function updateRoute(deps: ConfigDeps, by: ChangeContext, id: string, json: unknown): Promise<ChangedRoute> {
  const { fields, reason } = readWrite(json, reasonRequest)
  if (fields['id'] !== undefined && fields['id'] !== id) refuseIssues([{ path: 'id', message: 'cannot be changed' }])
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.routes, id, 'route')
    const route = parseStrictly(routeInput, merge(before, fields, []))
    refuseIssues(checkRoute(route, current))
    return {
      content: { ...contentOf(current), routes: withItem(current.routes, route) },
      audit: { action: 'route.updated', target: `route:${id}`, reason, ...changedFields(before, route) },
      value: toRouteView(route),
    }
  })
  return { ...value, ...changed }
}
