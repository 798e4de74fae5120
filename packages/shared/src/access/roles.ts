import { ROLES, type Role } from '../contracts/audit.ts'

/**
 * What each role contains. Auditors read the audit log on top of a viewer's rights; admins are let in there by the routes. Who may
 * open the break-glass door gains nothing by it at the others.
 */
const CONTAINS: Record<Role, readonly Role[]> = {
  viewer: ['viewer'],
  operator: ['operator', 'viewer'],
  admin: ['admin', 'operator', 'viewer'],
  auditor: ['auditor', 'viewer'],
  break_glass_admin: ['break_glass_admin', 'viewer'],
}

const BY_RANK: readonly Role[] = ['admin', 'operator', 'auditor', 'break_glass_admin', 'viewer']

/** All roles that somebody with these bindings has. */
export function effectiveRoles(bound: readonly Role[]): Role[] {
  const held = new Set(bound.flatMap((role) => CONTAINS[role]))
  return ROLES.filter((role) => held.has(role))
}

/** The role to write down for somebody's deed: the highest one; null for somebody without any. */
export function highestRole(held: readonly Role[]): Role | null {
  return BY_RANK.find((role) => held.includes(role)) ?? null
}
