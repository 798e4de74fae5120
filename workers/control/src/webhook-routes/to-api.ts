import { etagOf } from '@orchestrator/shared/config/etag'
import type { Route } from '@orchestrator/shared/contracts/config'
import type { RouteView } from '@orchestrator/shared/contracts/config-api'

export function toRouteView(route: Route): RouteView {
  return { ...route, etag: etagOf(route) }
}
