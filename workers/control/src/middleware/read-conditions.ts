import { readConditions as read } from '../config/conditions.ts'
import type { ControlMiddleware } from '../context.ts'

/** Reads what a request asks of the change it makes, once it is known who asks, and that they may. */
export function readConditions(changesConfig: boolean): ControlMiddleware {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') c.set('conditions', read(c.req.raw, changesConfig))
    await next()
  }
}
