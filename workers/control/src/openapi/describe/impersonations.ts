import {
  changedImpersonation,
  clientCallRequest,
  clientCallResponse,
  impersonation,
  impersonationRequest,
} from '@orchestrator/shared/contracts/impersonation-api'
import { page } from '@orchestrator/shared/contracts/control-api'
import { impersonationsQuery } from '../../impersonation/list.ts'
import { answer, type Description, request } from '../description.ts'
import { JOB, REQUEST } from './ids.ts'
import { WHY } from './requests.ts'

const RUNNING = {
  id: 'imp_0001KC5W3V9Q7X2M4N6P8R0S1T3V',
  actor: { kind: 'user' as const, id: 'admin@example.com' },
  actingAs: 'client:shop',
  reason: 'Shop says that its refunds are refused: INC-4711.',
  startedAt: '2026-11-30T09:14:05.120Z',
  expiresAt: '2026-11-30T09:24:05.120Z',
  endedAt: null,
  running: true,
}

export const IMPERSONATIONS = {
  'GET /v1/impersonations': {
    topic: 'Access',
    summary: 'Who acted as whom, the last begun first',
    query: impersonationsQuery,
    answer: answer(page(impersonation), { items: [RUNNING], nextCursor: null }),
  },
  'POST /v1/impersonations': {
    topic: 'Access',
    summary: 'Act as a client, or with a lower role, for some minutes',
    text: 'Ten minutes at most, and one at a time. Requests that carry its id in the header `Orchestrator-Impersonation` have the rights of that role, never more than your own; a client is called as by `POST /v1/impersonations/:id/call`. Every row of the audit log names both of you.',
    request: request(impersonationRequest, { as: 'client:shop', minutes: 10, reason: RUNNING.reason }),
    answer: answer(changedImpersonation, { ...RUNNING, auditSeq: 4_711 }, { status: 201 }),
    errors: ['conflict', 'not_found'],
  },
  'GET /v1/impersonations/:id': {
    topic: 'Access',
    summary: 'One impersonation',
    answer: answer(impersonation, RUNNING),
  },
  'POST /v1/impersonations/:id/end': {
    topic: 'Access',
    summary: 'End an impersonation before its time',
    text: 'Your own, or somebody else’s. What has ended stays as it is.',
    request: WHY,
    answer: answer(changedImpersonation, {
      ...RUNNING,
      endedAt: '2026-11-30T09:18:00.000Z',
      running: false,
      auditSeq: 4_714,
    }),
  },
  'POST /v1/impersonations/:id/call': {
    topic: 'Access',
    summary: 'Call execution as the client',
    text: 'What the backend of the client would send: its scopes, connectors, queues and limits decide, and the call is real. The answer is what the client would see.',
    request: request(clientCallRequest, {
      method: 'POST',
      path: '/jobs',
      idempotencyKey: 'refund-4711',
      body: { connector: 'billing', operation: 'echo', input: {} },
    }),
    answer: answer(clientCallResponse, {
      status: 202,
      headers: { 'content-type': 'application/json', 'x-request-id': REQUEST, location: `/jobs/${JOB}` },
      body: { id: JOB, status: 'queued' },
      auditSeq: 4_713,
    }),
  },
} satisfies Record<string, Description>
