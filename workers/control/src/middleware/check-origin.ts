import { AppError } from '@orchestrator/shared/core/errors'
import { recordRefusal } from '../audit/record-refusal.ts'
import type { ControlMiddleware } from '../context.ts'

/**
 * A browser says where a request comes from; only the console's and control's own pages may ask. Scripts say nothing. What comes from
 * another site is refused even where a browser leaves `Origin` out (Fetch Metadata), but for a link that somebody follows.
 */
export const checkOrigin: ControlMiddleware = async (c, next) => {
  const origin = c.req.header('origin')
  if (origin !== undefined && !c.env.ALLOWED_ORIGINS.includes(origin)) {
    await recordRefusal(c, 'the request came from a foreign origin')
    throw new AppError('forbidden', 'Requests from this origin are not allowed.')
  }
  const followsLink = c.req.method === 'GET' && c.req.header('sec-fetch-mode') === 'navigate'
  if (c.req.header('sec-fetch-site') === 'cross-site' && !followsLink) {
    await recordRefusal(c, 'the request came from a page of another site')
    throw new AppError('forbidden', 'Requests from pages of other sites are not allowed.')
  }
  await next()
}
