import type { AuditAction, Role } from '@orchestrator/shared/contracts/audit'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { toTime } from '@orchestrator/shared/core/time'

export function toAuditEntry(row: AuditRow): AuditEntry {
  return {
    seq: row.seq,
    at: toTime(row.at),
    actor: { kind: row.actorKind, id: row.actorId },
    role: row.role as Role | null,
    door: row.door,
    action: row.action as AuditAction,
    target: row.target,
    reason: row.reason,
    intentSeq: row.intentSeq,
    before: fromJson(row.before),
    after: fromJson(row.after),
    ip: row.ip,
    requestId: row.requestId,
    ray: row.ray,
    impersonation: row.impersonation,
    actingAs: row.actingAs,
    prevHash: row.prevHash,
    hash: row.hash,
  }
}

function fromJson(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown)
}
