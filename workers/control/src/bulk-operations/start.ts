import type { BulkOperation, BulkRequest } from '@orchestrator/shared/contracts/bulk-api'
import type { AuditedChange } from '@orchestrator/shared/audit/append'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { shardOf } from '@orchestrator/shared/core/ids'
import type { BulkOperationRow } from '@orchestrator/shared/db/data-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { requestFingerprint, upstreamKey } from '@orchestrator/shared/idempotency/idempotency-key'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { recordOutcome } from '../audit/record-outcome.ts'
import { KEY_WINDOW_MS } from './constants.ts'
import { findStarted, type Started } from './get-started.ts'
import { startOf, targetColumns, toOperation } from './operation.ts'
import { checkTarget, countTarget, type PlanDeps } from './plan.ts'
import { insertOperation, readOperation } from './store.ts'
import { toBulkOperation } from './to-api.ts'

export interface StartDeps extends PlanDeps {
  logger: Logger
  writeShard(): Promise<Shard>
  shardNumbered(number: number): Shard | undefined
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  changeAudited<T>(decide: (seq: number) => Promise<AuditedChange<T>>): Promise<{ row: AuditRow | null; value: T }>
  newBulkId(shard: number, now: number): string
  wakeRunner(id: string): Promise<void>
}

/**
 * Begins an operation: the intent is in the audit log before its row is, and its row before anything is done. Under the same
 * `Idempotency-Key` of the same person it is the same operation: the audit log's lock lets one of two requests make it, and the other
 * one finds it there, and completes what the first one could not. What cannot be woken now is woken by the cron.
 * @throws AppError 400, 422 where nothing matches or the key belongs to another request.
 */
export async function startBulk(
  deps: StartDeps,
  by: AuditContext,
  request: BulkRequest,
  idempotencyKey: string | undefined,
): Promise<BulkOperation> {
  await checkTarget(deps, request.target)
  const key = idempotencyKey === undefined ? null : await upstreamKey(by.actor.id, idempotencyKey)
  const fingerprint = await requestFingerprint('bulk-operations', request)
  const before = key === null ? undefined : await deps.control((db) => findStarted(db, by.actor, key, by.at - KEY_WINDOW_MS))
  const started = before ?? (await writeIntent(deps, by, request, key, fingerprint))
  if (started.fingerprint !== fingerprint) {
    throw new AppError('idempotency_key_reused', 'This Idempotency-Key began another bulk operation. Take a new one.')
  }
  const shard = deps.shardNumbered(shardOf(started.id) ?? -1)
  if (!shard) throw new AppError('unavailable', 'The shard of this operation is not bound.')
  const row = await rowOf(deps, by, request, started)
  try {
    await shard.write((db) => insertOperation(db, row))
  } catch (error) {
    const after = { outcome: 'unknown', error: `${shard.name} did not answer` }
    const entry = { ...by, action: 'bulk_operation.finished' as const, target: row.id, reason: null, before: null, after }
    await recordOutcome(deps, { ...entry, at: deps.now(), intentSeq: started.seq })
    throw error
  }
  try {
    await deps.wakeRunner(started.id)
  } catch (error) {
    deps.logger.log('warn', 'a bulk operation could not be woken; the cron will', { id: row.id, cause: errorMessage(error) })
  }
  return toBulkOperation((await shard.read((db) => readOperation(db, row.id))) ?? toOperation(row))
}

async function writeIntent(
  deps: StartDeps,
  by: AuditContext,
  request: BulkRequest,
  key: string | null,
  fingerprint: string,
): Promise<Started> {
  const { target, ratePerSecond, stopAfterFailures, reason } = request
  const { count, capped } = await countTarget(deps, target)
  if (count === 0 && !capped) {
    throw new AppError('unprocessable', 'Nothing matches: there is nothing to do. Plan again, with another filter.')
  }
  const shard = await deps.writeShard()
  const id = deps.newBulkId(shard.number, by.at)
  const after = { target, count, ratePerSecond, stopAfterFailures, repeat: key, fingerprint }
  const { value } = await deps.changeAudited<Started>(async (seq) => {
    const other = key === null ? undefined : await deps.control((db) => findStarted(db, by.actor, key, by.at - KEY_WINDOW_MS))
    if (other) return { entry: null, statements: [], value: other }
    const entry = { ...by, action: 'bulk_operation.started' as const, target: id, reason, intentSeq: null, before: null, after }
    return { entry, statements: [], value: { id, seq, at: by.at, count, fingerprint } }
  })
  return value
}

/** The same for every request that begins it. */
async function rowOf(
  deps: StartDeps,
  by: AuditContext,
  request: BulkRequest,
  { id, seq, at, count }: Started,
): Promise<BulkOperationRow> {
  const shards = (await deps.liveShards()).map(({ number }) => number)
  return {
    id,
    ...targetColumns(request.target),
    status: 'running',
    ratePerSecond: request.ratePerSecond,
    stopAfterFailures: request.stopAfterFailures,
    reason: request.reason,
    actorKind: by.actor.kind,
    actorId: by.actor.id,
    auditSeq: seq,
    createdAt: at,
    finishedAt: null,
    total: count,
    done: 0,
    skipped: 0,
    failed: 0,
    lastError: null,
    position: JSON.stringify(startOf(shards, at)),
    wakeAt: at,
  }
}
