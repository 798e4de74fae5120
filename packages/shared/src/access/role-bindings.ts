import { role, type Role } from '../contracts/audit.ts'
import type { RoleBindingRow } from '../db/control-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { MAX_REMEMBERED_PEOPLE, ROLES_FRESH_MS } from './constants.ts'
import type { Identity } from './rejection.ts'
import { effectiveRoles } from './roles.ts'

/** The roles bound to a person (email, any case), to one of their groups (exactly), or to a service token (its name, exactly). */
export async function readRoleBindings(db: D1Database, who: Identity): Promise<Role[]> {
  const groups = who.kind === 'user' ? (who.groups ?? []) : []
  const subject = who.kind === 'user' ? 'lower(subject) = lower(?2)' : 'subject = ?2'
  const found = await retryD1(() =>
    db
      .prepare(
        `SELECT DISTINCT role FROM role_bindings WHERE (kind = ?1 AND ${subject})
         OR (kind = 'group' AND subject IN (SELECT value FROM json_each(?3)))`,
      )
      .bind(who.kind, who.id, JSON.stringify(groups))
      .all<{ role: string }>(),
  )
  return found.results.flatMap((row) => role.safeParse(row.role).data ?? [])
}

/** A binding without when and by whom. */
export type BindingKey = Pick<RoleBindingRow, 'kind' | 'subject' | 'role'>

const COLUMNS = 'kind, subject, role, created_at AS createdAt, created_by AS createdBy'
/** People are named by email, in whatever case somebody bound it. */
const IS_IT = "kind = ?1 AND role = ?3 AND CASE kind WHEN 'user' THEN lower(subject) = lower(?2) ELSE subject = ?2 END"

/** One binding as it stands; null where there is none. */
export async function findBinding(db: D1Database, { kind, subject, role }: BindingKey): Promise<RoleBindingRow | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM role_bindings WHERE ${IS_IT}`).bind(kind, subject, role).first<RoleBindingRow>()
}

/** All bindings of a role. */
export async function bindingsOfRole(db: D1Database, role: Role): Promise<RoleBindingRow[]> {
  const found = await db.prepare(`SELECT ${COLUMNS} FROM role_bindings WHERE role = ?`).bind(role).all<RoleBindingRow>()
  return found.results
}

/** Where a list of bindings goes on. */
export type BindingPosition = BindingKey & Pick<RoleBindingRow, 'createdAt'>

/** Bindings after one of them, the last bound first. There are some dozens: no index needs to be kept for their order. */
export async function listBindings(db: D1Database, after: BindingPosition | null, limit: number): Promise<RoleBindingRow[]> {
  const { createdAt = Number.MAX_SAFE_INTEGER, kind = '', subject = '', role = '' } = after ?? {}
  const found = await retryD1(() =>
    db
      .prepare(
        `SELECT ${COLUMNS} FROM role_bindings WHERE created_at < ?1 OR (created_at = ?1 AND (kind, subject, role) > (?2, ?3, ?4))
         ORDER BY created_at DESC, kind, subject, role LIMIT ?5`,
      )
      .bind(createdAt, kind, subject, role, limit)
      .all<RoleBindingRow>(),
  )
  return found.results
}

export function insertBinding(db: D1Database, row: RoleBindingRow): D1PreparedStatement {
  return db
    .prepare('INSERT INTO role_bindings (kind, subject, role, created_at, created_by) VALUES (?, ?, ?, ?, ?)')
    .bind(row.kind, row.subject, row.role, row.createdAt, row.createdBy)
}

export function deleteBinding(db: D1Database, { kind, subject, role }: BindingKey): D1PreparedStatement {
  return db.prepare(`DELETE FROM role_bindings WHERE ${IS_IT}`).bind(kind, subject, role)
}

/** An isolate's memory of who has which roles, for 5 s. Nobody keeps a role because CONTROL_DB cannot be read. */
export class RoleCache {
  readonly #known = new Map<string, { roles: Role[]; at: number }>()
  #changes = 0

  /** All roles that somebody has; `now` in ms. */
  async roles(who: Identity, now: number, read: (who: Identity) => Promise<Role[]>): Promise<Role[]> {
    const key = JSON.stringify([who.kind, who.id, who.kind === 'user' ? (who.groups ?? []) : []])
    const known = this.#known.get(key)
    if (known && now - known.at < ROLES_FRESH_MS) return known.roles
    const changes = this.#changes
    const roles = effectiveRoles(await read(who))
    // What was read while a binding changed may be from before.
    if (changes !== this.#changes) return roles
    if (this.#known.size >= MAX_REMEMBERED_PEOPLE) this.#known.clear()
    this.#known.set(key, { roles, at: now })
    return roles
  }

  /** A binding changed: nothing that is remembered may be right any more. */
  forget(): void {
    this.#changes++
    this.#known.clear()
  }
}
