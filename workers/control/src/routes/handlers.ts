import { webhookReplayRequest } from '@orchestrator/shared/contracts/control-api'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { getAttempt } from '../attempts/get.ts'
import { attemptsQuery, listAttempts } from '../attempts/list.ts'
import { auditContext } from '../audit/audit-context.ts'
import type { ControlHandler } from '../context.ts'
import { getEvent } from '../events/get.ts'
import { eventsQuery, listEvents } from '../events/list.ts'
import { getWebhook } from '../inbox/get.ts'
import { inboxQuery, listInbox } from '../inbox/list.ts'
import { replayStoredWebhook } from '../inbox/replay.ts'
import { replayToResponse } from '../inbox/replay-to-response.ts'
import { getJob } from '../jobs/get.ts'
import { jobsQuery, listJobs } from '../jobs/list.ts'
import { getOverview } from '../overview/get.ts'
import { listRejectedRequests, rejectedRequestsQuery } from '../rejected-requests/list.ts'
import type { RouteKey } from '../roles/route-roles.ts'
import { readJson } from '@orchestrator/shared/http/read-json'
import { ACCESS_HANDLERS } from './access-handlers.ts'
import { AUDIT_HANDLERS } from './audit-handlers.ts'
import { BULK_HANDLERS } from './bulk-handlers.ts'
import { CONFIG_HANDLERS } from './config-handlers.ts'
import { DOCS_HANDLERS } from './docs-handlers.ts'
import { found, id } from './params.ts'
import { WORK_HANDLERS } from './work-handlers.ts'

/** One handler a route: validate, one verb, answer. */
export const HANDLERS: Record<RouteKey, ControlHandler> = {
  ...DOCS_HANDLERS,
  ...AUDIT_HANDLERS,
  ...CONFIG_HANDLERS,
  ...WORK_HANDLERS,
  ...BULK_HANDLERS,
  ...ACCESS_HANDLERS,
  'GET /v1/overview': async (c) => c.json(await getOverview(c.get('deps'))),
  'GET /v1/rejected-requests': async (c) =>
    c.json(await listRejectedRequests(c.get('deps'), parseRequest(rejectedRequestsQuery, c.req.query()))),
  'GET /v1/inbox': async (c) => c.json(await listInbox(c.get('deps'), parseRequest(inboxQuery, c.req.query()))),
  'GET /v1/inbox/:id': async (c) => c.json(found(c, 'webhook', await getWebhook(c.get('deps'), id(c)))),
  'POST /v1/inbox/:id/replay': async (c) => {
    const request = parseRequest(webhookReplayRequest, await readJson(c.req.raw))
    const result = await replayStoredWebhook(c.get('deps'), auditContext(c), id(c), request)
    return c.json(replayToResponse(id(c), result), 202)
  },
  'GET /v1/jobs': async (c) => c.json(await listJobs(c.get('deps'), parseRequest(jobsQuery, c.req.query()))),
  'GET /v1/jobs/:id': async (c) => c.json(found(c, 'job', await getJob(c.get('deps'), id(c)))),
  'GET /v1/attempts': async (c) => c.json(await listAttempts(c.get('deps'), parseRequest(attemptsQuery, c.req.query()))),
  'GET /v1/attempts/:id': async (c) => c.json(found(c, 'attempt', await getAttempt(c.get('deps'), id(c)))),
  'GET /v1/events': async (c) => c.json(await listEvents(c.get('deps'), parseRequest(eventsQuery, c.req.query()))),
  'GET /v1/events/:id': async (c) => c.json(found(c, 'event', await getEvent(c.get('deps'), id(c)))),
}
