import type { Role } from '@orchestrator/shared/contracts/audit'

/**
 * Every route of the API and who may use it: one of these roles is enough, and a role contains others (access/roles.ts).
 * The app registers its routes from this table, so a route without a line here does not exist.
 */
export const ROUTE_ROLES = {
  'GET /v1/me': ['viewer'],
  'GET /v1/overview': ['viewer'],
  'GET /v1/inbox': ['viewer'],
  'GET /v1/inbox/:id': ['viewer'],
  'GET /v1/jobs': ['viewer'],
  'GET /v1/jobs/:id': ['viewer'],
  'GET /v1/attempts': ['viewer'],
  'GET /v1/attempts/:id': ['viewer'],
  'GET /v1/events': ['viewer'],
  'GET /v1/events/:id': ['viewer'],
  'GET /v1/dead-letters': ['viewer'],
  'GET /v1/dead-letters/:id': ['viewer'],
  'POST /v1/dead-letters/:id/replay': ['operator'],
  'GET /v1/audit': ['auditor', 'admin'],
  'GET /v1/audit/:seq': ['auditor', 'admin'],
} as const satisfies Record<`${'GET' | 'POST'} /v1/${string}`, readonly Role[]>

export type RouteKey = keyof typeof ROUTE_ROLES
