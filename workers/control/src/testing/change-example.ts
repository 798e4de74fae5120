import type { AuditAction } from '@orchestrator/shared/contracts/audit'
import type { ExampleRequest, RouteExample } from './route-example.ts'

export const reason = 'as agreed'

/** One change of the configuration. */
export const change = (
  action: AuditAction,
  target: string,
  path: string,
  body: ExampleRequest['body'] = { reason },
): RouteExample => ({
  request: { path: `/v1/${path}`, body, target },
  audit: [action],
})
/** The same, of something new. */
export const creation = (...args: Parameters<typeof change>): RouteExample => ({ ...change(...args), status: 201 })
