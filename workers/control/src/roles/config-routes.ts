import type { RouteKey } from './route-roles.ts'

/**
 * Every route that changes the configuration, by `changeConfig`: these take `If-Match` and `?dryRun`, and the others refuse them.
 * The common tests hold each mutation route against this list.
 */
export const CONFIG_ROUTES: ReadonlySet<RouteKey> = new Set<RouteKey>([
  'POST /v1/providers',
  'PATCH /v1/providers/:id',
  'DELETE /v1/providers/:id',
  'POST /v1/providers/:id/enable',
  'POST /v1/providers/:id/disable',
  'POST /v1/routes',
  'PATCH /v1/routes/:id',
  'DELETE /v1/routes/:id',
  'POST /v1/routes/:id/enable',
  'POST /v1/routes/:id/disable',
  'POST /v1/connectors',
  'PATCH /v1/connectors/:id',
  'DELETE /v1/connectors/:id',
  'POST /v1/connectors/:id/pause',
  'POST /v1/connectors/:id/resume',
  'PUT /v1/connectors/:id/breaker',
  'DELETE /v1/connectors/:id/breaker',
  'POST /v1/connectors/:id/operations',
  'PATCH /v1/connectors/:id/operations/:name',
  'DELETE /v1/connectors/:id/operations/:name',
  'POST /v1/policies',
  'PATCH /v1/policies/:id',
  'DELETE /v1/policies/:id',
  'POST /v1/clients',
  'PATCH /v1/clients/:id',
  'DELETE /v1/clients/:id',
  'POST /v1/clients/:id/enable',
  'POST /v1/clients/:id/disable',
  'POST /v1/clients/:id/keys',
  'DELETE /v1/clients/:id/keys/:name',
  'POST /v1/queues/:name/pause',
  'POST /v1/queues/:name/resume',
  'PUT /v1/secrets/:name',
  'DELETE /v1/secrets/:name',
  'DELETE /v1/secrets/:name/versions/:version',
  'POST /v1/secrets/rekey',
])
