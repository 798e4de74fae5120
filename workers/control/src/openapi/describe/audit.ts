import { auditEntry, page } from '@orchestrator/shared/contracts/control-api'
import { auditQuery } from '../../audit/list.ts'
import { answer, type Description } from '../description.ts'
import { REASON, RECEIVED_AT, REQUEST } from './ids.ts'

const ENTRY = {
  seq: 4_711,
  at: RECEIVED_AT,
  actor: { kind: 'user' as const, id: 'operator@example.com' },
  role: 'operator' as const,
  door: 'console' as const,
  action: 'connector.paused' as const,
  target: 'connector:billing',
  reason: REASON,
  intentSeq: null,
  before: { paused: false },
  after: { paused: true },
  ip: '203.0.113.7',
  requestId: REQUEST,
  prevHash: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  hash: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
}

export const AUDIT = {
  'GET /v1/audit': {
    topic: 'Audit',
    summary: 'Entries of the audit log, newest first',
    query: auditQuery,
    answer: answer(page(auditEntry), { items: [ENTRY], nextCursor: null }),
  },
  'GET /v1/audit/:seq': { topic: 'Audit', summary: 'One entry of the audit log', answer: answer(auditEntry, ENTRY) },
} satisfies Record<string, Description>
