import { findBinding, insertBinding } from '@orchestrator/shared/access/role-bindings'
import type { CreatedRoleBinding, RoleBindingRequest } from '@orchestrator/shared/contracts/access-api'
import type { RoleBindingRow } from '@orchestrator/shared/db/control-schema'
import type { AuditContext } from '../audit/audit-context.ts'
import type { RoleBindingDeps } from './deps.ts'
import { targetOf, toRoleBinding } from './to-api.ts'

/** Binds a role to a person, a group or a service token. Repeatable: what is bound already is answered, and nothing is written. */
export async function createRoleBinding(
  deps: RoleBindingDeps,
  by: AuditContext,
  { reason, ...key }: RoleBindingRequest,
): Promise<CreatedRoleBinding> {
  try {
    const { row, value } = await deps.changeAudited(() =>
      deps.control(async (db) => {
        const known = await findBinding(db, key)
        if (known) return { entry: null, statements: [], value: known }
        const binding: RoleBindingRow = { ...key, createdAt: by.at, createdBy: by.actor.id }
        return {
          entry: {
            ...by,
            action: 'role_binding.created',
            target: targetOf(key),
            reason,
            intentSeq: null,
            before: null,
            after: { ...key },
          },
          statements: [insertBinding(db, binding)],
          value: binding,
        }
      }),
    )
    return { ...toRoleBinding(value), auditSeq: row?.seq ?? null }
  } finally {
    deps.forgetRoles()
  }
}
