import type { ChangeContext } from '@orchestrator/shared/config/change'
import { type ChangedRoute, reasonRequest, routeInput } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { refuseIssues } from '../config/edit.ts'
import { parseStrictly, readWrite } from '../config/read-input.ts'
import { checkRoute } from './check.ts'
import { toRouteView } from './to-api.ts'

/** A new route: every event of its provider that it takes becomes one more job. */
export async function createRoute(deps: ConfigDeps, by: ChangeContext, json: unknown): Promise<ChangedRoute> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const route = parseStrictly(routeInput, fields)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    if (current.routes.some(({ id }) => id === route.id)) throw new AppError('conflict', `There is a route ${route.id} already.`)
    refuseIssues(checkRoute(route, current))
    return {
      content: { ...contentOf(current), routes: [...current.routes, route] },
      audit: { action: 'route.created', target: `route:${route.id}`, reason, before: null, after: route },
      value: toRouteView(route),
    }
  })
  return { ...value, ...changed }
}
