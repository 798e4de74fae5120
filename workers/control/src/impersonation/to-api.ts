import type { Impersonation } from '@orchestrator/shared/contracts/impersonation-api'
import { toTime, toTimeOrNull } from '@orchestrator/shared/core/time'
import type { ImpersonationRow } from '@orchestrator/shared/db/control-schema'

export function toImpersonation(row: ImpersonationRow, now: number): Impersonation {
  return {
    id: row.id,
    actor: { kind: row.actorKind, id: row.actorId },
    actingAs: row.actingAs,
    reason: row.reason,
    startedAt: toTime(row.startedAt),
    expiresAt: toTime(row.expiresAt),
    endedAt: toTimeOrNull(row.endedAt),
    running: row.endedAt === null && row.expiresAt > now,
  }
}
