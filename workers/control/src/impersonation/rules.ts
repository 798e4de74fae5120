import { effectiveRoles } from '@orchestrator/shared/access/roles'
import { type Actor, role, type Role } from '@orchestrator/shared/contracts/audit'
import type { ImpersonationRow } from '@orchestrator/shared/db/control-schema'

/** Whom a request acts as. */
export type ActingAs = { kind: 'role'; role: Role } | { kind: 'client'; client: string }

/** Reads `role:<role>` or `client:<id>`, as the contract lets it be written. */
export function parseActingAs(text: string): ActingAs {
  const name = text.slice(text.indexOf(':') + 1)
  return text.startsWith('role:') ? { kind: 'role', role: role.parse(name) } : { kind: 'client', client: name }
}

/** Why an impersonation does not carry a request; null when it does. `now` in ms. */
export function refusalOf(found: ImpersonationRow | null, actor: Actor, now: number): string | null {
  // Whose it is nobody else learns.
  if (!found || found.actorKind !== actor.kind || found.actorId !== actor.id) return 'There is no such impersonation of yours.'
  if (found.endedAt !== null) return 'This impersonation was ended. Leave the header out, or begin another one.'
  if (found.expiresAt <= now) return 'This impersonation is over. Leave the header out, or begin another one.'
  return null
}

/** The roles that somebody has while acting: never more than their own as they are now, and none as a client. */
export function rolesWhile(acting: ActingAs, own: readonly Role[]): Role[] {
  if (acting.kind === 'client') return []
  return effectiveRoles([acting.role]).filter((one) => own.includes(one))
}

/** The roles that somebody may act with: each of their own below the highest. */
export function rolesToActWith(own: readonly Role[]): Role[] {
  return own.filter((one) => one !== 'admin')
}
