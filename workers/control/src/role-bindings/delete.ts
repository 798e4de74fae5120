import type { Identity } from '@orchestrator/shared/access/rejection'
import { inSmallLetters } from '@orchestrator/shared/access/validators'
import { type BindingKey, bindingsOfRole, deleteBinding, findBinding } from '@orchestrator/shared/access/role-bindings'
import type { DeletedRoleBinding } from '@orchestrator/shared/contracts/access-api'
import type { ReplayRequest } from '@orchestrator/shared/contracts/control-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { RoleBindingRow } from '@orchestrator/shared/db/control-schema'
import type { AuditContext } from '../audit/audit-context.ts'
import type { RoleBindingDeps } from './deps.ts'
import { targetOf } from './to-api.ts'

/**
 * Takes a role away from a person, a group or a service token. Under the audit log's lock, so of two administrators who remove each
 * other one stays.
 * @throws AppError 404 where it is not bound, 409 where nobody would be left who is known to be an administrator.
 */
export async function deleteRoleBinding(
  deps: RoleBindingDeps,
  by: AuditContext,
  who: Identity,
  key: BindingKey,
  { reason }: ReplayRequest,
): Promise<DeletedRoleBinding> {
  try {
    const { row, value } = await deps.changeAudited(() =>
      deps.control(async (db) => {
        const binding = await findBinding(db, key)
        if (!binding) throw new AppError('not_found', `The role ${key.role} is not bound to the ${key.kind} ${key.subject}.`)
        const { kind, subject, role } = binding
        if (role === 'admin') refuseWithoutAdmin(binding, await bindingsOfRole(db, 'admin'), who)
        const target = targetOf(binding)
        return {
          entry: {
            ...by,
            action: 'role_binding.deleted',
            target,
            reason,
            intentSeq: null,
            before: { kind, subject, role },
            after: null,
          },
          statements: [deleteBinding(db, binding)],
          value: { kind, subject, role, deleted: true as const },
        }
      }),
    )
    return { ...value, auditSeq: row?.seq ?? null }
  } finally {
    deps.forgetRoles()
  }
}

/** People are deleted in whatever case they are bound. */
const nameOf = ({ kind, subject }: RoleBindingRow): string => (kind === 'user' ? inSmallLetters(subject) : subject)

/**
 * Whether a group has anybody in it only the identity provider knows, and behind a service token is no person: what counts is a person
 * who is bound, or that whoever removes is in a bound group, as their token shows.
 */
function refuseWithoutAdmin(removed: RoleBindingRow, bound: readonly RoleBindingRow[], who: Identity): void {
  const groups = who.kind === 'user' ? (who.groups ?? []) : []
  const left = bound.filter((one) => one.kind !== removed.kind || nameOf(one) !== nameOf(removed))
  if (left.some(({ kind, subject }) => kind === 'user' || (kind === 'group' && groups.includes(subject)))) return
  throw new AppError(
    'conflict',
    'Nobody would be left who is known to be an administrator. Bind the role admin to another person first (POST /v1/role-bindings).',
  )
}
