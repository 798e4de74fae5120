import { role, type Role } from '../contracts/audit.ts'
import { retryD1 } from '../db/retry.ts'
import { MAX_REMEMBERED_PEOPLE, ROLES_FRESH_MS } from './constants.ts'
import type { Identity } from './rejection.ts'
import { effectiveRoles } from './roles.ts'

/** The roles bound to a person (email, any case) or a service token (its name, exactly). */
export async function readRoleBindings(db: D1Database, who: Identity): Promise<Role[]> {
  const subject = who.kind === 'user' ? 'lower(subject) = lower(?2)' : 'subject = ?2'
  const found = await retryD1(() =>
    db.prepare(`SELECT role FROM role_bindings WHERE kind = ?1 AND ${subject}`).bind(who.kind, who.id).all<{ role: string }>(),
  )
  return found.results.flatMap((row) => role.safeParse(row.role).data ?? [])
}

/** An isolate's memory of who has which roles, for 5 s. Nobody keeps a role because CONTROL_DB cannot be read. */
export class RoleCache {
  readonly #known = new Map<string, { roles: Role[]; at: number }>()

  /** All roles that somebody has; `now` in ms. */
  async roles(who: Identity, now: number, read: (who: Identity) => Promise<Role[]>): Promise<Role[]> {
    const key = `${who.kind}:${who.id}`
    const known = this.#known.get(key)
    if (known && now - known.at < ROLES_FRESH_MS) return known.roles
    const roles = effectiveRoles(await read(who))
    if (this.#known.size >= MAX_REMEMBERED_PEOPLE) this.#known.clear()
    this.#known.set(key, { roles, at: now })
    return roles
  }
}
