import { type BindingPosition, listBindings } from '@orchestrator/shared/access/role-bindings'
import { bindingKind, type RoleBinding } from '@orchestrator/shared/contracts/access-api'
import { role } from '@orchestrator/shared/contracts/audit'
import { decodeCursor } from '@orchestrator/shared/lists/cursor'
import { pageQuery } from '@orchestrator/shared/lists/query'
import type { Page } from '@orchestrator/shared/lists/walk-shards'
import * as z from 'zod'
import { pageOfRows } from '../lists/page-of-rows.ts'
import { toRoleBinding } from './to-api.ts'

export const roleBindingsQuery = z.strictObject(pageQuery)

const cursor: z.ZodType<BindingPosition> = z.strictObject({
  createdAt: z.int(),
  kind: bindingKind,
  subject: z.string().max(320),
  role,
})

/** Who has which role, the last bound first. */
export async function listRoleBindings(
  deps: { control<T>(work: (db: D1Database) => Promise<T>): Promise<T> },
  query: z.output<typeof roleBindingsQuery>,
): Promise<Page<RoleBinding>> {
  const after = decodeCursor(query.cursor, cursor)
  const rows = await deps.control((db) => listBindings(db, after, query.limit + 1))
  return pageOfRows(rows, query.limit, toRoleBinding, ({ createdAt, kind, subject, role }) => ({
    createdAt,
    kind,
    subject,
    role,
  }))
}
