import { readToken } from '@orchestrator/shared/access/read-token'
import type { ControlMiddleware } from '../context.ts'
import { accessErrorToWire } from './access-error-to-wire.ts'

/** Nobody gets past without a token of the right application, not even to learn which paths exist. */
export const authenticate: ControlMiddleware = async (c, next) => {
  const verified = await c.get('deps').authenticate(readToken(c.req.raw.headers))
  if (!verified.ok) {
    c.get('logger').log('warn', 'access refused', { ...verified.error })
    throw accessErrorToWire(verified.error)
  }
  c.set('identity', verified.value)
  await next()
  c.res.headers.set('cache-control', 'no-store')
}
