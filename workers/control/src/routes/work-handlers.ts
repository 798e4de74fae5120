import { deadLetterReplayRequest } from '@orchestrator/shared/contracts/replay-api'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { MAX_INPUT_BYTES } from '@orchestrator/shared/operations/constants'
import { auditContext } from '../audit/audit-context.ts'
import type { ControlHandler } from '../context.ts'
import { discardDeadLetter } from '../dead-letters/discard.ts'
import { getDeadLetterDetail } from '../dead-letters/get.ts'
import { deadLetterGroupsQuery, groupOpenDeadLetters } from '../dead-letters/group.ts'
import { deadLettersQuery, listDeadLetters } from '../dead-letters/list.ts'
import { outcomeToResponse } from '../dead-letters/outcome-to-response.ts'
import { replayDeadLetter } from '../dead-letters/replay.ts'
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
} satisfies Partial<Record<RouteKey, ControlHandler>>
