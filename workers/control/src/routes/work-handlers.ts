import { deadLetterReplayRequest } from '@orchestrator/shared/contracts/replay-api'
import { releaseKeyRequest, resolveRequest } from '@orchestrator/shared/contracts/work-api'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { MAX_INPUT_BYTES } from '@orchestrator/shared/operations/constants'
import { revealAttempt } from '../attempts/reveal.ts'
import { auditContext } from '../audit/audit-context.ts'
import type { ControlHandler } from '../context.ts'
import { discardDeadLetter } from '../dead-letters/discard.ts'
import { getDeadLetterDetail } from '../dead-letters/get.ts'
import { deadLetterGroupsQuery, groupOpenDeadLetters } from '../dead-letters/group.ts'
import { deadLettersQuery, listDeadLetters } from '../dead-letters/list.ts'
import { outcomeToResponse } from '../dead-letters/outcome-to-response.ts'
import { replayDeadLetter } from '../dead-letters/replay.ts'
import { revealWebhook } from '../inbox/reveal.ts'
import { cancelByOperator } from '../jobs/cancel.ts'
import { listStuckJobs } from '../jobs/list-stuck.ts'
import { resolveByOperator } from '../jobs/resolve.ts'
import { revealJob } from '../jobs/reveal.ts'
import { getOrderingKey, orderingKeyQuery } from '../ordering-keys/get.ts'
import { releaseOrderingKey } from '../ordering-keys/release.ts'
import type { RouteKey } from '../roles/route-roles.ts'
import { found, id, mustSayWhy } from './params.ts'

/** An input, and what stands beside it, bytes. */
const MAX_INPUT_BODY_BYTES = MAX_INPUT_BYTES + 16_384

/** What operators do with single jobs and dead letters. */
export const WORK_HANDLERS = {
  'GET /v1/dead-letters': async (c) =>
    c.json(await listDeadLetters(c.get('deps'), parseRequest(deadLettersQuery, c.req.query()))),
  'GET /v1/dead-letters/groups': async (c) =>
    c.json(await groupOpenDeadLetters(c.get('deps'), parseRequest(deadLetterGroupsQuery, c.req.query()))),
  'GET /v1/dead-letters/:id': async (c) => c.json(found(c, 'dead letter', await getDeadLetterDetail(c.get('deps'), id(c)))),
  'POST /v1/dead-letters/:id/replay': async (c) => {
    const request = parseRequest(deadLetterReplayRequest, await readJson(c.req.raw, MAX_INPUT_BODY_BYTES))
    const result = await replayDeadLetter(c.get('deps'), auditContext(c), id(c), request)
    return c.json(outcomeToResponse(id(c), result))
  },
  'POST /v1/dead-letters/:id/discard': async (c) =>
    c.json(await discardDeadLetter(c.get('deps'), auditContext(c), id(c), (await mustSayWhy(c)).reason)),
  'POST /v1/inbox/:id/reveal': async (c) => {
    const { reason } = await mustSayWhy(c)
    return c.json(found(c, 'webhook', await revealWebhook(c.get('deps'), auditContext(c), id(c), reason)))
  },
  'POST /v1/attempts/:id/reveal': async (c) => {
    const { reason } = await mustSayWhy(c)
    return c.json(found(c, 'attempt', await revealAttempt(c.get('deps'), auditContext(c), id(c), reason)))
  },
  'GET /v1/jobs/stuck': async (c) => c.json(await listStuckJobs(c.get('deps'))),
  'POST /v1/jobs/:id/reveal': async (c) => {
    const { reason } = await mustSayWhy(c)
    return c.json(found(c, 'job', await revealJob(c.get('deps'), auditContext(c), id(c), reason)))
  },
  'POST /v1/jobs/:id/cancel': async (c) =>
    c.json(await cancelByOperator(c.get('deps'), auditContext(c), id(c), (await mustSayWhy(c)).reason)),
  'POST /v1/jobs/:id/resolve': async (c) => {
    const request = parseRequest(resolveRequest, await readJson(c.req.raw))
    return c.json(await resolveByOperator(c.get('deps'), auditContext(c), id(c), request))
  },
  'GET /v1/ordering-keys': async (c) =>
    c.json(await getOrderingKey(c.get('deps'), parseRequest(orderingKeyQuery, c.req.query()).key)),
  'POST /v1/ordering-keys/release': async (c) => {
    const request = parseRequest(releaseKeyRequest, await readJson(c.req.raw))
    return c.json(await releaseOrderingKey(c.get('deps'), auditContext(c), request))
  },
} satisfies Partial<Record<RouteKey, ControlHandler>>
