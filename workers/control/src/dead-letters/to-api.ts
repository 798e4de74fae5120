import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import { deadLetterId } from '@orchestrator/shared/core/ids'
import type { DeadLetterRow } from '@orchestrator/shared/db/data-schema'
import { toTime, toTimeOrNull } from '@orchestrator/shared/core/time'

export function toDeadLetter(row: DeadLetterRow): DeadLetter {
  return {
    id: deadLetterId(row.jobId, row.generation),
    class: row.class,
    jobId: row.jobId,
    generation: row.generation,
    queue: row.queue,
    inboxId: row.inboxId,
    connector: row.connector,
    operation: row.operation,
    provider: row.provider,
    eventType: row.eventType,
    fingerprint: row.fingerprint,
    error: row.error,
    attempts: row.attempts,
    diedAt: toTime(row.diedAt),
    status: row.status,
    closedAt: toTimeOrNull(row.closedAt),
  }
}

/** As the audit log keeps it. */
export function toAuditView({ generation, class: deathClass, error, attempts, jobId, queue }: DeadLetter): object {
  return { status: 'dead', generation, class: deathClass, error, attempts, jobId, queue }
}
