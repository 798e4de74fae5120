import type { Role } from '@orchestrator/shared/contracts/audit'

/**
 * Who may do what: viewers read, operators steer what runs (routes, switches, replays, test events), and administrators decide
 * who is believed (providers, secrets).
 *
 * Every route of the API and who may use it: one of these roles is enough, and a role contains others (access/roles.ts).
 * The app registers its routes from this table, so a route without a line here does not exist.
 */
export const ROUTE_ROLES = {
  'GET /v1/me': ['viewer'],
  'GET /v1/overview': ['viewer'],
  'GET /v1/inbox': ['viewer'],
  'GET /v1/inbox/:id': ['viewer'],
  'POST /v1/inbox/:id/replay': ['operator'],
  'GET /v1/jobs': ['viewer'],
  'GET /v1/jobs/:id': ['viewer'],
  'GET /v1/attempts': ['viewer'],
  'GET /v1/attempts/:id': ['viewer'],
  'GET /v1/events': ['viewer'],
  'GET /v1/events/:id': ['viewer'],
  'GET /v1/dead-letters': ['viewer'],
  'GET /v1/dead-letters/:id': ['viewer'],
  'POST /v1/dead-letters/:id/replay': ['operator'],
  'GET /v1/presets': ['viewer'],
  'GET /v1/presets/:id': ['viewer'],
  'GET /v1/providers': ['viewer'],
  'POST /v1/providers': ['admin'],
  'GET /v1/providers/:id': ['viewer'],
  'PATCH /v1/providers/:id': ['admin'],
  'DELETE /v1/providers/:id': ['admin'],
  'POST /v1/providers/:id/enable': ['operator'],
  'POST /v1/providers/:id/disable': ['operator'],
  'POST /v1/providers/:id/try': ['viewer'],
  'POST /v1/providers/:id/test': ['operator'],
  'GET /v1/providers/:id/handshake-token': ['admin'],
  'GET /v1/routes': ['viewer'],
  'POST /v1/routes': ['operator'],
  'GET /v1/routes/:id': ['viewer'],
  'PATCH /v1/routes/:id': ['operator'],
  'DELETE /v1/routes/:id': ['operator'],
  'POST /v1/routes/:id/enable': ['operator'],
  'POST /v1/routes/:id/disable': ['operator'],
  'GET /v1/secrets': ['viewer'],
  'PUT /v1/secrets/:name': ['admin'],
  'DELETE /v1/secrets/:name': ['admin'],
  'GET /v1/audit': ['auditor', 'admin'],
  'GET /v1/audit/:seq': ['auditor', 'admin'],
} as const satisfies Record<`${'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'} /v1/${string}`, readonly Role[]>

export type RouteKey = keyof typeof ROUTE_ROLES
