import { createApp } from '@orchestrator/shared/http/app'
import { etag } from 'hono/etag'
import { UNCONDITIONAL } from './config/conditions.ts'
import type { ControlVariables } from './context.ts'
import { createDeps } from './deps.ts'
import type { ControlEnv } from './env.ts'
import { authenticate } from './middleware/authenticate.ts'
import { checkOrigin } from './middleware/check-origin.ts'
import { impersonate } from './middleware/impersonate.ts'
import { readConditions } from './middleware/read-conditions.ts'
import { requireRole } from './middleware/require-role.ts'
import { CONFIG_ROUTES } from './roles/config-routes.ts'
import { ROUTE_ROLES, type RouteKey } from './roles/route-roles.ts'
import { HANDLERS } from './routes/handlers.ts'
import { livez, readyz } from './routes/health.ts'

const BREAK_GLASS_HOST = /^(breakglass|emergency)\./

/**
 * The operators' API behind one door. In this order: token and audience (401), origin (403), role (403), validation (400),
 * look-up (404), `If-Match` (412). Only `/livez` and `/readyz` are free; an unknown path is not told apart before the token is checked.
 */
export function createControlApp(door: ControlVariables['door']) {
  const app = createApp<ControlEnv, ControlVariables>({ worker: 'control' })
  app.use(async (c, next) => {
    c.set('door', door)
    c.set('conditions', UNCONDITIONAL)
    c.set(
      'deps',
      createDeps(c.env, c.get('logger'), () => c.get('conditions')),
    )
    await next()
  })
  app.get('/livez', livez)
  app.get('/readyz', readyz)
  // The break-glass hosts have factors of their own, due with a later stage; until those stand, nothing opens there.
  app.use(async (c, next) => (BREAK_GLASS_HOST.test(new URL(c.req.url).hostname) ? c.notFound() : next()))
  app.use(authenticate, checkOrigin, impersonate)
  // What is the same for everybody until the next version.
  for (const path of ['/openapi.json', '/docs']) app.use(path, etag())
  for (const key of Object.keys(ROUTE_ROLES) as RouteKey[]) {
    const [method, path] = key.split(' ') as [string, string]
    app.on(method, path, requireRole(ROUTE_ROLES[key]), readConditions(CONFIG_ROUTES.has(key)), HANDLERS[key])
  }
  return app
}
