import type { BindingKey } from '@orchestrator/shared/access/role-bindings'
import type { RoleBinding } from '@orchestrator/shared/contracts/access-api'
import { toTime } from '@orchestrator/shared/core/time'
import type { RoleBindingRow } from '@orchestrator/shared/db/control-schema'

export function toRoleBinding({ kind, subject, role, createdAt, createdBy }: RoleBindingRow): RoleBinding {
  return { kind, subject, role, createdAt: toTime(createdAt), createdBy }
}

/** How the audit log names it. */
export function targetOf({ kind, subject, role }: BindingKey): string {
  return `role_binding:${kind}/${subject}/${role}`
}
