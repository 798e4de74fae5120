import {
  createdRoleBinding,
  deletedRoleBinding,
  roleBindingPage,
  roleBindingRequest,
} from '@orchestrator/shared/contracts/access-api'
import { roleBindingsQuery } from '../../role-bindings/list.ts'
import { answer, type Description, request } from '../description.ts'
import { MUST_SAY_WHY } from './requests.ts'

const KEY = { kind: 'user' as const, subject: 'ada@example.com', role: 'operator' as const }
const BINDING = { ...KEY, createdAt: '2026-11-02T08:00:00.000Z', createdBy: 'admin@example.com' }

export const ACCESS = {
  'GET /v1/role-bindings': {
    topic: 'Access',
    summary: 'Who has which role, the last bound first',
    query: roleBindingsQuery,
    answer: answer(roleBindingPage, { items: [BINDING], nextCursor: null }),
  },
  'POST /v1/role-bindings': {
    topic: 'Access',
    summary: 'Bind a role to a person, a group or a service token',
    text: 'In force within 5 s. A group is named as the identity provider tells it in the claim `groups`, by name or id. What is bound already is answered with 200, and nothing is written.',
    request: request(roleBindingRequest, { ...KEY, reason: 'New in the team.' }),
    answer: answer(createdRoleBinding, { ...BINDING, auditSeq: 4_711 }, { status: 201 }),
    other: answer(createdRoleBinding, { ...BINDING, auditSeq: null }),
  },
  'DELETE /v1/role-bindings/:kind/:subject/:role': {
    topic: 'Access',
    summary: 'Take a role away',
    text: 'In force within 5 s. Refused with 409 where nobody would be left who is known to be an administrator: a person who is bound, or whoever asks, as a member of a bound group.',
    request: MUST_SAY_WHY,
    answer: answer(deletedRoleBinding, { ...KEY, deleted: true, auditSeq: 4_712 }),
    errors: ['conflict'],
  },
} satisfies Record<string, Description>
