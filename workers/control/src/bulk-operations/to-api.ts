import type { BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { toTime, toTimeOrNull } from '@orchestrator/shared/core/time'
import type { Operation } from './operation.ts'

export function toBulkOperation(operation: Operation): BulkOperation {
  const { id, target, status, ratePerSecond, stopAfterFailures, reason, actor, auditSeq, total, lastError } = operation
  return {
    id,
    target,
    status,
    ratePerSecond,
    stopAfterFailures,
    reason,
    actor,
    auditSeq,
    createdAt: toTime(operation.createdAt),
    finishedAt: toTimeOrNull(operation.finishedAt),
    total,
    ...numbersOf(operation),
    lastError,
  }
}

/** What the audit log keeps of how far it came. */
export function numbersOf({ done, skipped, failed }: Operation): Pick<Operation, 'done' | 'skipped' | 'failed'> {
  return { done, skipped, failed }
}
