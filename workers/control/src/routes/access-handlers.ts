import { ROLE_PURPOSES } from '@orchestrator/shared/access/roles'
import { bindingKind, roleBindingRequest } from '@orchestrator/shared/contracts/access-api'
import { role } from '@orchestrator/shared/contracts/audit'
import type { Me } from '@orchestrator/shared/contracts/control-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { auditContext } from '../audit/audit-context.ts'
import type { ControlContext, ControlHandler } from '../context.ts'
import { createRoleBinding } from '../role-bindings/create.ts'
import { deleteRoleBinding } from '../role-bindings/delete.ts'
import { listRoleBindings, roleBindingsQuery } from '../role-bindings/list.ts'
import { mustSayWhy } from './params.ts'

/** Who somebody is here, and who may do what. */
export const ACCESS_HANDLERS = {
  'GET /v1/me': async (c) => {
    const who = c.get('identity')
    const roles = [...c.get('roles')]
    const answer: Me = {
      actor: { kind: who.kind, id: who.id },
      groups: who.kind === 'user' ? [...(who.groups ?? [])] : [],
      roles,
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
} satisfies Record<string, ControlHandler>

/** The binding that the path names. @throws AppError 404 where there can be none. */
function bindingOf(c: ControlContext) {
  const kind = bindingKind.safeParse(c.req.param('kind'))
  const named = role.safeParse(c.req.param('role'))
  if (kind.success && named.success) return { kind: kind.data, subject: c.req.param('subject') ?? '', role: named.data }
  throw new AppError('not_found', 'There is no such role binding: /v1/role-bindings/{user|group|service}/{subject}/{role}.')
}
