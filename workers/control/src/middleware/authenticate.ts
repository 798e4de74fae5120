import { shownPath } from '@orchestrator/shared/http/shown-path'
import { readToken } from '@orchestrator/shared/access/read-token'
import type { RefusedCaller } from '@orchestrator/shared/audit/refused-callers'
import { recordStranger } from '../audit/record-stranger.ts'
import type { ControlContext, ControlMiddleware } from '../context.ts'
import { accessErrorToWire } from './access-error-to-wire.ts'

/** Nobody gets past without a token of the right application, not even to learn which paths exist. */
export const authenticate: ControlMiddleware = async (c, next) => {
  const verified = await c.get('deps').authenticate(readToken(c.req.raw.headers))
  if (!verified.ok) {
    c.get('logger').log('warn', 'access refused', { ...verified.error })
    const refusal = accessErrorToWire(verified.error)
    if (refusal.code === 'unauthenticated')
      c.executionCtx.waitUntil(recordStranger(c.get('deps'), callerOf(c, verified.error.reason)))
    throw refusal
  }
  c.set('identity', verified.value)
  await next()
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
}

function callerOf(c: ControlContext, reason: string): RefusedCaller {
  const { method, url } = c.req
  return { at: c.get('deps').now(), reason, method, path: shownPath(url), ip: c.req.header('cf-connecting-ip') ?? null }
}
