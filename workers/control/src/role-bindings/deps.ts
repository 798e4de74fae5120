import type { AuditedChange } from '@orchestrator/shared/audit/append'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'

/** What changes of role bindings need. */
export interface RoleBindingDeps {
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  changeAudited<T>(decide: (seq: number) => Promise<AuditedChange<T>>): Promise<{ row: AuditRow | null; value: T }>
  /** This isolate reads everybody's roles anew; the others do within 5 s. */
  forgetRoles(): void
}
