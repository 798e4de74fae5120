import type { Role } from '@orchestrator/shared/contracts/audit'

/** Whether these roles may replay dead letters. Control decides; this only spares people a refusal. */
export function canReplay(roles: readonly Role[]): boolean {
  return roles.includes('operator') || roles.includes('admin')
}

/** The roles worth naming: admin includes operator, which includes viewer. */
export function namedRoles(roles: readonly Role[]): Role[] {
  const strongest = (['admin', 'operator', 'viewer'] as const).find((role) => roles.includes(role))
  return [
    ...(strongest && !(strongest === 'viewer' && roles.includes('auditor')) ? [strongest] : []),
    ...roles.filter((role) => role === 'auditor'),
  ]
}

/** Whether these roles may read the audit log. */
export function canReadAudit(roles: readonly Role[]): boolean {
  return roles.includes('admin') || roles.includes('auditor')
}
