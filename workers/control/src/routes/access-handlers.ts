import { ROLE_PURPOSES } from '@orchestrator/shared/access/roles'
import { bindingKind, roleBindingRequest } from '@orchestrator/shared/contracts/access-api'
import { role } from '@orchestrator/shared/contracts/audit'
import { clientCallRequest, impersonationRequest } from '@orchestrator/shared/contracts/impersonation-api'
import type { Me } from '@orchestrator/shared/contracts/control-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { auditContext } from '../audit/audit-context.ts'
import { recordRefusal } from '../audit/record-refusal.ts'
import type { ControlContext, ControlHandler } from '../context.ts'
import { createRoleBinding } from '../role-bindings/create.ts'
import { deleteRoleBinding } from '../role-bindings/delete.ts'
import { listRoleBindings, roleBindingsQuery } from '../role-bindings/list.ts'
import { callAsClient } from '../impersonation/call.ts'
import { endRunning } from '../impersonation/end.ts'
import { getImpersonation, impersonationsQuery, listImpersonations } from '../impersonation/list.ts'
import { startImpersonation } from '../impersonation/start.ts'
import { found, id, mustSayWhy, why } from './params.ts'

/** What execution takes of a client, and a little around it, bytes. */
const MAX_CALL_BYTES = 1_100_000

/** Who somebody is here, and who may do what. */
export const ACCESS_HANDLERS = {
  'GET /v1/me': async (c) => {
    const who = c.get('identity')
    const roles = [...c.get('roles')]
    const answer: Me = {
      actor: { kind: who.kind, id: who.id },
      groups: who.kind === 'user' ? [...(who.groups ?? [])] : [],
      roles,
      actingAs: c.get('impersonation')?.actingAs ?? null,
      allows: roles.map((role) => ({ role, what: ROLE_PURPOSES[role] })),
    }
    return c.json(answer)
  },
  'GET /v1/role-bindings': async (c) =>
    c.json(await listRoleBindings(c.get('deps'), parseRequest(roleBindingsQuery, c.req.query()))),
  'POST /v1/role-bindings': async (c) => {
    const request = parseRequest(roleBindingRequest, await readJson(c.req.raw))
    const bound = await createRoleBinding(c.get('deps'), auditContext(c), request)
    if (bound.auditSeq === null) return c.json(bound)
    const { kind, subject, role } = bound
    return c.json(bound, 201, { location: `/v1/role-bindings/${kind}/${encodeURIComponent(subject)}/${role}` })
  },
  'DELETE /v1/role-bindings/:kind/:subject/:role': async (c) => {
    const why = await mustSayWhy(c)
    return c.json(await deleteRoleBinding(c.get('deps'), auditContext(c), c.get('identity'), bindingOf(c), why))
  },
  'GET /v1/impersonations': async (c) =>
    c.json(await listImpersonations(c.get('deps'), parseRequest(impersonationsQuery, c.req.query()))),
  'POST /v1/impersonations': async (c) => {
    const request = parseRequest(impersonationRequest, await readJson(c.req.raw))
    const started = await startImpersonation(c.get('deps'), auditContext(c), c.get('roles'), request)
    return c.json(started, 201, { location: `/v1/impersonations/${started.id}` })
  },
  'GET /v1/impersonations/:id': async (c) => c.json(found(c, 'impersonation', await getImpersonation(c.get('deps'), id(c)))),
  'POST /v1/impersonations/:id/end': async (c) => c.json(await endRunning(c.get('deps'), auditContext(c), id(c), await why(c))),
  'POST /v1/impersonations/:id/call': async (c) => {
    const call = parseRequest(clientCallRequest, await readJson(c.req.raw, MAX_CALL_BYTES))
    return c.json(await callAsClient(c.get('deps'), auditContext(c), id(c), call, (why) => recordRefusal(c, why)))
  },
} satisfies Record<string, ControlHandler>

/** The binding that the path names. @throws AppError 404 where there can be none. */
function bindingOf(c: ControlContext) {
  const kind = bindingKind.safeParse(c.req.param('kind'))
  const named = role.safeParse(c.req.param('role'))
  if (kind.success && named.success) return { kind: kind.data, subject: c.req.param('subject') ?? '', role: named.data }
  throw new AppError('not_found', 'There is no such role binding: /v1/role-bindings/{user|group|service}/{subject}/{role}.')
}
