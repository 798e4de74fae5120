import { highestRole } from '@orchestrator/shared/access/roles'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { ControlContext } from '../context.ts'

/** Who did it, when, by which door, from where: the part of an audit entry that the request knows. */
export type AuditContext = Pick<AuditEntryInput, 'at' | 'actor' | 'role' | 'door' | 'ip' | 'requestId' | 'ray' | 'impersonation'>

/** The address is what the edge saw at control's own door; at the console's door it is what the console passed on. */
export function auditContext(c: ControlContext): AuditContext {
  const { kind, id } = c.get('identity')
  return {
    at: c.get('deps').now(),
    actor: { kind, id },
    role: highestRole(c.get('roles') ?? []),
    door: c.get('door'),
    ip: c.req.header('cf-connecting-ip') ?? null,
    requestId: c.get('requestId'),
    ray: c.req.header('cf-ray') ?? null,
    impersonation: c.get('impersonation') ?? null,
  }
}
