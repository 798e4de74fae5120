import type { Identity } from '@orchestrator/shared/access/rejection'
import type { Door, Role } from '@orchestrator/shared/contracts/audit'
import type { RequestVariables } from '@orchestrator/shared/http/app'
import type { Context, MiddlewareHandler } from 'hono'
import type { WriteConditions } from './config/conditions.ts'
import type { Deps } from './deps.ts'
import type { ControlEnv } from './env.ts'

/** Set on the way in, each by the middleware named after it. */
export interface ControlVariables {
  door: Exclude<Door, 'system'>
  deps: Deps
  identity: Identity
  /** Those that the request has: less than the caller's own while they act as somebody else. */
  roles: readonly Role[]
  /** As whom the request acts, if not as its caller. */
  impersonation: { id: string; actingAs: string } | undefined
  /** What the request asks of the change it makes; nothing before its role was checked. */
  conditions: WriteConditions
}

export interface ControlHono {
  Bindings: ControlEnv
  Variables: RequestVariables & ControlVariables
}

export type ControlContext = Context<ControlHono>
export type ControlMiddleware = MiddlewareHandler<ControlHono>
export type ControlHandler = (c: ControlContext) => Promise<Response>
