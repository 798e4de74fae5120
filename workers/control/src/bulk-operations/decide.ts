import type { BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { writeIntent } from '../audit/write-intent.ts'
import { findOperation } from './get.ts'
import type { Operation } from './operation.ts'
import { decide, type Decision } from './store.ts'
import { numbersOf, toBulkOperation } from './to-api.ts'
import { wake } from './wake.ts'

interface Deps {
  now(): number
  logger: Logger
  shardOf(id: string): Shard | undefined
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  wakeRunner(id: string): Promise<void>
}

const DECISIONS = {
  pause: { action: 'bulk_operation.paused', status: 'paused', from: ['running'] },
  resume: { action: 'bulk_operation.resumed', status: 'running', from: ['paused', 'stopped'] },
  cancel: { action: 'bulk_operation.cancelled', status: 'cancelled', from: ['running', 'paused', 'stopped'] },
} as const satisfies Record<string, Omit<Decision, 'now'> & { action: AuditEntryInput['action'] }>

/**
 * Pauses an operation, has it go on, or ends it. That it was asked for is in the audit log before it is done, what came of it after. What a
 * step has begun, a second's worth, it finishes. Once more changes nothing.
 * @throws AppError 404 where there is none, 409 where it is over, or in no state for this, 503 where nobody knows whether it was done.
 */
export async function decideBulk(
  deps: Deps,
  by: AuditContext,
  id: string,
  decision: keyof typeof DECISIONS,
  reason: string,
): Promise<BulkOperation> {
  const operation = await findOperation(deps, id)
  const shard = deps.shardOf(id)
  if (!operation || !shard) throw new AppError('not_found', `There is no bulk operation ${id}.`)
  const { action, status, from } = DECISIONS[decision]
  if (operation.status === status) return toBulkOperation(operation)
  if (!isOneOf(from, operation.status)) throw refusal(operation)

  const before = { status: operation.status, ...numbersOf(operation) }
  const request = { action: 'bulk_operation.decision_requested', after: { decision } } as const
  const intent = await writeIntent(deps, { ...by, target: id, reason, before, ...request })
  const { changed, operation: found } = await intent.act(shard, `GET /v1/bulk-operations/${id}`, (db) =>
    decide(db, id, { status, from, now: deps.now() }),
  )
  const now = found ?? operation
  if (!changed) {
    // Somebody else was quicker, or it came to its end.
    await intent.conclude('bulk_operation.decision_failed', { decision, status: now.status })
    if (now.status === status) return toBulkOperation(now)
    throw refusal(now)
  }
  await intent.conclude(action, { status })
  if (status !== 'paused') await wake(deps, id)
  return toBulkOperation(now)
}

function isOneOf(states: readonly Operation['status'][], status: Operation['status']): boolean {
  return states.includes(status)
}

function refusal({ status }: Operation): AppError {
  const why = status === 'done' || status === 'cancelled' ? 'it is over' : 'nothing of it runs'
  return new AppError('conflict', `This bulk operation is ${status}: ${why}.`)
}
