import { bulkPlanRequest, bulkRequest } from '@orchestrator/shared/contracts/bulk-api'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { readIdempotencyKey } from '@orchestrator/shared/idempotency/idempotency-key'
import { auditContext } from '../audit/audit-context.ts'
import { decideBulk } from '../bulk-operations/decide.ts'
import { getBulkOperation } from '../bulk-operations/get.ts'
import { bulkOperationsQuery, listBulkOperations } from '../bulk-operations/list.ts'
import { planBulk } from '../bulk-operations/plan.ts'
import { startBulk } from '../bulk-operations/start.ts'
import type { ControlHandler } from '../context.ts'
import type { RouteKey } from '../roles/route-roles.ts'
import { found, id, mustSayWhy } from './params.ts'

type BulkRoute = Extract<RouteKey, `${string} /v1/bulk-operations${string}`>

const decided =
  (decision: Parameters<typeof decideBulk>[3]): ControlHandler =>
  async (c) => {
    const { reason } = await mustSayWhy(c)
    return c.json(await decideBulk(c.get('deps'), auditContext(c), id(c), decision, reason))
  }

/** What is done to many. */
export const BULK_HANDLERS: Record<BulkRoute, ControlHandler> = {
  'GET /v1/bulk-operations': async (c) =>
    c.json(await listBulkOperations(c.get('deps'), parseRequest(bulkOperationsQuery, c.req.query()))),
  'POST /v1/bulk-operations/plan': async (c) => {
    const { target, ratePerSecond } = parseRequest(bulkPlanRequest, await readJson(c.req.raw))
    return c.json(await planBulk(c.get('deps'), target, ratePerSecond))
  },
  'POST /v1/bulk-operations': async (c) => {
    const key = readIdempotencyKey(c.req.raw.headers)
    const request = parseRequest(bulkRequest, await readJson(c.req.raw))
    const operation = await startBulk(c.get('deps'), auditContext(c), request, key)
    return c.json(operation, 202, { location: `/v1/bulk-operations/${operation.id}` })
  },
  'GET /v1/bulk-operations/:id': async (c) => c.json(found(c, 'bulk operation', await getBulkOperation(c.get('deps'), id(c)))),
  'POST /v1/bulk-operations/:id/pause': decided('pause'),
  'POST /v1/bulk-operations/:id/resume': decided('resume'),
  'POST /v1/bulk-operations/:id/cancel': decided('cancel'),
}
