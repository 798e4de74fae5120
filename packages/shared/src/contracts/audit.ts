import * as z from 'zod'

/** Actions of the audit log: `{entity}.{past-tense verb}`; `.requested` is the intent written before an action on DATA. */
export const AUDIT_ACTIONS = [
  'dead_letter.replay_requested',
  'dead_letter.replayed',
  'dead_letter.replay_failed',
  'webhook.replay_requested',
  'webhook.replayed',
  'webhook.replay_failed',
  'secret.received',
  'provider.created',
  'provider.updated',
  'provider.enabled',
  'provider.disabled',
  'provider.deleted',
  'provider.test_requested',
  'provider.tested',
  'provider.token_read',
  'route.created',
  'route.updated',
  'route.enabled',
  'route.disabled',
  'route.deleted',
  'secret.created',
  'secret.rotated',
  'secret.deleted',
  'connector.created',
  'connector.updated',
  'connector.deleted',
  'operation.created',
  'operation.updated',
  'operation.deleted',
  'policy.created',
  'policy.updated',
  'policy.deleted',
  'connector.paused',
  'connector.resumed',
  'connector.test_requested',
  'connector.tested',
  'breaker.forced',
  'breaker.released',
  'queue.paused',
  'queue.resumed',
  'client.created',
  'client.updated',
  'client.enabled',
  'client.disabled',
  'client.deleted',
  'client_key.created',
  'client_key.revoked',
  'dead_letter.discard_requested',
  'dead_letter.discarded',
  'dead_letter.discard_failed',
  'access.refused',
  'config.published',
] as const
export const auditAction = z.enum(AUDIT_ACTIONS)
export type AuditAction = z.infer<typeof auditAction>

export const ROLES = ['viewer', 'operator', 'admin', 'auditor'] as const
export const role = z.enum(ROLES)
export type Role = z.infer<typeof role>

/** Who did it: a person by email, a service token by name, or the system itself. */
export const actor = z.object({
  kind: z.enum(['user', 'service', 'system']),
  id: z.string(),
})
export type Actor = z.infer<typeof actor>

/** The door the actor came in by. */
export const door = z.enum(['console', 'control', 'system'])
export type Door = z.infer<typeof door>
