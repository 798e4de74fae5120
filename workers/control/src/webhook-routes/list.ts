import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { RouteView } from '@orchestrator/shared/contracts/config-api'
import * as z from 'zod'
import { type ConfigPage, pageOf } from '../config/page.ts'
import { nameQuery, pageQuery } from '@orchestrator/shared/lists/query'
import { toRouteView } from './to-api.ts'

export const routesQuery = z.strictObject({ ...pageQuery, provider: nameQuery.optional() })

/** All routes, or those of one provider. */
export async function listRoutes(
  deps: { configInForce(): Promise<ConfigSnapshot> },
  query: z.output<typeof routesQuery>,
): Promise<ConfigPage<RouteView>> {
  const { routes, revision } = await deps.configInForce()
  const wanted = query.provider === undefined ? routes : routes.filter(({ provider }) => provider === query.provider)
  return pageOf(wanted, revision, query, ({ id }) => id, toRouteView)
}
