import type { AuditedChange } from '@orchestrator/shared/audit/append'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { toTime } from '@orchestrator/shared/core/time'
import { isTold } from './get-started.ts'
import type { Operation } from './operation.ts'
import { numbersOf } from './to-api.ts'

export interface TellDeps {
  now(): number
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  changeAudited<T>(decide: (seq: number) => Promise<AuditedChange<T>>): Promise<{ row: AuditRow | null; value: T }>
}

/** Nobody did it: the runner came to an end. */
const RUNNER = { actor: { kind: 'system', id: 'bulk-runner' }, role: null, door: 'system', ip: null } as const

/** Writes into the audit log that an operation has ended or stopped itself, with its numbers: once, however often it is called. */
export async function tellEnd(deps: TellDeps, operation: Operation): Promise<void> {
  const { id, status, auditSeq, stopAfterFailures, total, position } = operation
  const stopped = status === 'stopped'
  // It tells this stop from an earlier one. It may be long past: the row itself stands in the log when it is written.
  const since = toTime((stopped ? position.takenAt : operation.finishedAt) ?? operation.createdAt)
  const entry: AuditEntryInput = {
    ...RUNNER,
    at: deps.now(),
    action: stopped ? 'bulk_operation.paused' : 'bulk_operation.finished',
    target: id,
    reason: stopped ? `It stopped itself: ${stopAfterFailures} or more have failed.` : null,
    intentSeq: auditSeq,
    before: null,
    after: { status, since, total, ...numbersOf(operation) },
    requestId: id,
  }
  await deps.changeAudited(async () => {
    const told = await deps.control((db) => isTold(db, id, entry.action, since))
    return { entry: told ? null : entry, statements: [], value: null }
  })
}
