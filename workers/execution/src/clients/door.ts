import { loggedSources } from '@orchestrator/shared/config/sources'
import type { Client } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'
import type { RequestVariables } from '@orchestrator/shared/http/app'
import type { LimitState } from '@orchestrator/shared/policy/types'
import type { MiddlewareHandler } from 'hono'
import { gatesOf, type Isolate, serviceTokenVerifier } from '../deps.ts'
import type { Env } from '../env.ts'
import { authenticate, type Identify, type Refusal } from './authenticate.ts'
import { clientLimit } from './client-limit.ts'
import type { GateTools } from '../gates/gates.ts'
import { type Limits, rateLimitHeaders, seconds } from './rate-limit-headers.ts'

/** What a route behind the door knows. */
export interface ClientVariables {
  client: Client
  /** The configuration in force, at most 5 s old. */
  config: ConfigSnapshot
  /** Limits that concern this request, the client's own first. A route adds what it learns; the answer tells them. */
  limits: Limits
}

/**
 * The door of everything that clients call: lets in who proves to be a client (401 else, with a challenge), and no more of
 * them than the client's own limit allows (429). Every answer from behind it tells how the limits stand.
 */
export function clientDoor(
  isolate: Isolate,
  identify: Identify = authenticate,
): MiddlewareHandler<{ Bindings: Env; Variables: RequestVariables & ClientVariables }> {
  return async (c, next) => {
    const { logger } = c.var
    const config = await isolate.loader.current(loggedSources(c.env, logger))
    const outcome = await identify(c.req.raw.headers, {
      config,
      environment: c.env.ENVIRONMENT,
      now: Date.now(),
      verifyServiceToken: serviceTokenVerifier(c.env, isolate, logger),
    })
    if (!outcome.ok) throw refused(outcome.error)
    const client = outcome.value
    c.set('client', client)
    c.set('config', config)
    c.set('limits', [])
    c.set('logger', logger.with({ client: client.id }))
    if (client.rateLimit) {
      const tools = {
        emit: ({ type, data }: Parameters<GateTools['emit']>[0]) => logger.log('warn', type, { data: JSON.stringify(data) }),
        keep: (work: Promise<unknown>) => c.executionCtx.waitUntil(work),
      }
      const entry = await gatesOf(c.env, isolate).rateLimit(clientLimit(client, client.rateLimit), tools).enter()
      if (!entry.allowed) throw limited(entry)
      entry.release()
      if (entry.limit) c.set('limits', [['client', entry.limit]])
    }
    await next()
    for (const [name, value] of Object.entries(rateLimitHeaders(c.var.limits))) c.res.headers.set(name, value)
  }
}

function refused({ kind, detail, cause }: Refusal): AppError {
  if (kind === 'unavailable') return new AppError('unavailable', detail, { cause, retryAfterSeconds: 5 })
  const challenge = kind === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"'
  return new AppError('unauthenticated', detail, { cause, headers: { 'www-authenticate': challenge } })
}

function limited({ retryAfterMs, limit }: { retryAfterMs: number; limit?: LimitState }): AppError {
  return new AppError('rate_limited', 'This client has used up its rate limit.', {
    retryAfterSeconds: seconds(retryAfterMs),
    headers: rateLimitHeaders(limit ? [['client', limit]] : []),
  })
}
