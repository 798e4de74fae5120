import type { AuditAction, Role } from '@orchestrator/shared/contracts/audit'
import type { DeathClass, JobState } from '@orchestrator/shared/contracts/jobs'

/** How a status looks. The words always say it too, so that colour is never alone. */
export type Tone = 'neutral' | 'info' | 'success' | 'warning' | 'danger'

export interface Label {
  text: string
  tone: Tone
}

export const JOB_STATE_LABELS: Readonly<Record<JobState, Label>> = {
  scheduled: { text: 'Scheduled', tone: 'neutral' },
  queued: { text: 'Queued', tone: 'info' },
  running: { text: 'Running', tone: 'info' },
  retrying: { text: 'Retrying', tone: 'warning' },
  held: { text: 'Held', tone: 'warning' },
  succeeded: { text: 'Succeeded', tone: 'success' },
  dead: { text: 'Dead', tone: 'danger' },
  cancelled: { text: 'Cancelled', tone: 'neutral' },
}

export const DEAD_LETTER_STATUS_LABELS: Readonly<Record<'open' | 'replayed' | 'discarded', Label>> = {
  open: { text: 'Open', tone: 'danger' },
  replayed: { text: 'Replayed', tone: 'success' },
  discarded: { text: 'Discarded', tone: 'neutral' },
}

export const WEBHOOK_STATUS_LABELS: Readonly<Record<'accepted' | 'ignored', Label>> = {
  accepted: { text: 'Accepted', tone: 'success' },
  ignored: { text: 'Ignored', tone: 'neutral' },
}

export interface DeathClassLabel {
  text: string
  /** What to think of before a replay. */
  advice: string
}

export const DEATH_CLASS_LABELS: Readonly<Record<DeathClass, DeathClassLabel>> = {
  upstream_rejected: {
    text: 'Upstream rejected it',
    advice: 'The upstream said that the request itself is wrong. A replay sends the same request: fix the cause first.',
  },
  upstream_failed: {
    text: 'Upstream failed',
    advice: 'The upstream failed on every attempt. Replay once it has recovered.',
  },
  timeout: {
    text: 'Timed out',
    advice:
      'The upstream may have acted without answering. Look there first, unless it recognises repeats by the idempotency key.',
  },
  breaker_open: {
    text: 'Breaker open',
    advice: 'The circuit breaker kept calls away from a failing upstream. Replay once it has closed.',
  },
  config_error: {
    text: 'Configuration error',
    advice: 'The connector, the operation or a secret is not right. Correct it before the replay.',
  },
  poison: {
    text: 'Poison',
    advice: 'Workers kept dying on this job. Find out why before the replay.',
  },
  platform: {
    text: 'Platform failure',
    advice: 'The job could not be run for reasons of our own, not of the upstream. A replay usually succeeds.',
  },
}

export const ROLE_LABELS: Readonly<Record<Role, string>> = {
  viewer: 'Viewer',
  operator: 'Operator',
  admin: 'Admin',
  auditor: 'Auditor',
  break_glass_admin: 'Break-glass admin',
}

export const AUDIT_ACTION_LABELS: Readonly<Record<AuditAction, Label>> = {
  'dead_letter.replay_requested': { text: 'Replay requested', tone: 'info' },
  'dead_letter.replayed': { text: 'Replayed', tone: 'success' },
  'dead_letter.replay_failed': { text: 'Replay failed', tone: 'danger' },
  'webhook.replay_requested': { text: 'Webhook replay requested', tone: 'info' },
  'webhook.replayed': { text: 'Webhook replayed', tone: 'success' },
  'webhook.replay_failed': { text: 'Webhook replay failed', tone: 'danger' },
  'secret.received': { text: 'Secret received in a handshake', tone: 'info' },
  'provider.created': { text: 'Provider created', tone: 'success' },
  'provider.updated': { text: 'Provider updated', tone: 'info' },
  'provider.enabled': { text: 'Provider enabled', tone: 'success' },
  'provider.disabled': { text: 'Provider disabled', tone: 'warning' },
  'provider.deleted': { text: 'Provider deleted', tone: 'danger' },
  'provider.test_requested': { text: 'Test event requested', tone: 'info' },
  'provider.tested': { text: 'Test event sent', tone: 'success' },
  'provider.token_read': { text: 'Handshake token read', tone: 'warning' },
  'route.created': { text: 'Route created', tone: 'success' },
  'route.updated': { text: 'Route updated', tone: 'info' },
  'route.enabled': { text: 'Route enabled', tone: 'success' },
  'route.disabled': { text: 'Route disabled', tone: 'warning' },
  'route.deleted': { text: 'Route deleted', tone: 'danger' },
  'secret.created': { text: 'Secret created', tone: 'success' },
  'secret.rotated': { text: 'Secret rotated', tone: 'info' },
  'secret.deleted': { text: 'Secret deleted', tone: 'danger' },
  'connector.created': { text: 'Connector created', tone: 'success' },
  'connector.updated': { text: 'Connector updated', tone: 'info' },
  'connector.deleted': { text: 'Connector deleted', tone: 'danger' },
  'operation.created': { text: 'Operation created', tone: 'success' },
  'operation.updated': { text: 'Operation updated', tone: 'info' },
  'operation.deleted': { text: 'Operation deleted', tone: 'danger' },
  'policy.created': { text: 'Policy created', tone: 'success' },
  'policy.updated': { text: 'Policy updated', tone: 'info' },
  'policy.deleted': { text: 'Policy deleted', tone: 'danger' },
  'connector.paused': { text: 'Connector paused', tone: 'warning' },
  'connector.resumed': { text: 'Connector resumed', tone: 'success' },
  'connector.test_requested': { text: 'Connector test requested', tone: 'info' },
  'connector.tested': { text: 'Connector tested', tone: 'info' },
  'breaker.forced': { text: 'Breaker forced', tone: 'warning' },
  'breaker.released': { text: 'Breaker released', tone: 'success' },
  'queue.paused': { text: 'Queue paused', tone: 'warning' },
  'queue.resumed': { text: 'Queue resumed', tone: 'success' },
  'client.created': { text: 'Client created', tone: 'success' },
  'client.updated': { text: 'Client updated', tone: 'info' },
  'client.enabled': { text: 'Client enabled', tone: 'success' },
  'client.disabled': { text: 'Client disabled', tone: 'warning' },
  'client.deleted': { text: 'Client deleted', tone: 'danger' },
  'client_key.created': { text: 'API key created', tone: 'success' },
  'client_key.revoked': { text: 'API key revoked', tone: 'danger' },
  'dead_letter.discard_requested': { text: 'Discard requested', tone: 'info' },
  'dead_letter.discarded': { text: 'Discarded', tone: 'warning' },
  'dead_letter.discard_failed': { text: 'Discard failed', tone: 'danger' },
  'access.refused': { text: 'Refused', tone: 'warning' },
  'access.strangers_refused': { text: 'Strangers refused', tone: 'warning' },
  'intent.reconciled': { text: 'Open intent closed', tone: 'warning' },
  'config.published': { text: 'Configuration published', tone: 'info' },
  'config.applied': { text: 'Configuration applied', tone: 'info' },
  'config.rolled_back': { text: 'Configuration rolled back', tone: 'warning' },
  'settings.updated': { text: 'Settings updated', tone: 'info' },
  'provider.paused': { text: 'Provider paused', tone: 'warning' },
  'provider.resumed': { text: 'Provider resumed', tone: 'success' },
  'secret.updated': { text: 'Secret updated', tone: 'info' },
  'secret.rekeyed': { text: 'Secrets sealed anew', tone: 'info' },
  'role_binding.created': { text: 'Role bound', tone: 'success' },
  'role_binding.deleted': { text: 'Role taken away', tone: 'danger' },
  'impersonation.started': { text: 'Impersonation started', tone: 'warning' },
  'impersonation.ended': { text: 'Impersonation ended', tone: 'info' },
  'client_call.requested': { text: 'Call as a client requested', tone: 'info' },
  'client_call.made': { text: 'Call as a client made', tone: 'warning' },
  'client_call.failed': { text: 'Call as a client failed', tone: 'danger' },
  'payload.revealed': { text: 'Payload revealed', tone: 'warning' },
  'job.cancel_requested': { text: 'Cancellation requested', tone: 'info' },
  'job.cancelled': { text: 'Job cancelled', tone: 'warning' },
  'job.cancel_failed': { text: 'Cancellation failed', tone: 'danger' },
  'job.resolve_requested': { text: 'Resolution requested', tone: 'info' },
  'job.resolved': { text: 'Job resolved', tone: 'warning' },
  'job.resolve_failed': { text: 'Resolution failed', tone: 'danger' },
  'ordering_key.release_requested': { text: 'Release of an ordering key requested', tone: 'info' },
  'ordering_key.released': { text: 'Ordering key released', tone: 'warning' },
  'ordering_key.release_failed': { text: 'Release of an ordering key failed', tone: 'danger' },
  'breaker.reset': { text: 'Breaker reset', tone: 'warning' },
  'bulk_operation.started': { text: 'Bulk operation started', tone: 'warning' },
  'bulk_operation.decision_requested': { text: 'Pause, resumption or end of a bulk operation requested', tone: 'info' },
  'bulk_operation.decision_failed': { text: 'Decision about a bulk operation failed', tone: 'danger' },
  'bulk_operation.paused': { text: 'Bulk operation paused', tone: 'info' },
  'bulk_operation.resumed': { text: 'Bulk operation resumed', tone: 'info' },
  'bulk_operation.cancelled': { text: 'Bulk operation cancelled', tone: 'warning' },
  'bulk_operation.finished': { text: 'Bulk operation finished', tone: 'success' },
  'audit.exported': { text: 'Audit log exported', tone: 'info' },
}
