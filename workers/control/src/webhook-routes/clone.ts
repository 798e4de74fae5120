import type { Route } from '@orchestrator/shared/contracts/config'
import { type RouteView, routeInput } from '@orchestrator/shared/contracts/config-api'
import type { Cloning } from '../config/clone-item.ts'
import { refuseIssues } from '../config/edit.ts'
import { merge, parseStrictly } from '../config/read-input.ts'
import { checkRoute } from './check.ts'
import { toRouteView } from './to-api.ts'

/** A clone begins disabled unless it is told otherwise: two alike would make two jobs of each event at once. */
export const ROUTE_CLONING: Cloning<Route, RouteView> = {
  kind: 'route',
  items: ({ routes }) => routes,
  read: (source, fields) => parseStrictly(routeInput, merge({ ...source, enabled: false }, fields, [])),
  add(clone, current) {
    refuseIssues(checkRoute(clone, current))
    return { routes: [...current.routes, clone] }
  },
  toAudit: (clone) => clone,
  toView: toRouteView,
}
