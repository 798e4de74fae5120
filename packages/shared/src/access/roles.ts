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

/** What each role is for, as people are told who ask for one. */
export const ROLE_PURPOSES: Record<Role, string> = {
  viewer: 'reads everything but payloads, role bindings and the audit log, and may try requests and policies',
  operator: 'steers what runs: routes, pauses, breakers, replays, tests; reads what a viewer reads',
  admin:
    'decides who is believed and what is called with our credentials: providers, connectors, clients, secrets, role bindings; reads the audit log, and does what an operator does',
  auditor: 'reads what a viewer reads, role bindings and the audit log, which it exports and verifies',
  break_glass_admin: 'may open the break-glass door; at the others it reads what a viewer reads',
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
