import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { RouteView } from '@orchestrator/shared/contracts/config-api'
import { findOrThrow } from '../config/edit.ts'
import { toRouteView } from './to-api.ts'

/** One route as it is now. */
export async function getRoute(deps: { configInForce(): Promise<ConfigSnapshot> }, id: string): Promise<RouteView> {
  return toRouteView(findOrThrow((await deps.configInForce()).routes, id, 'route'))
}
