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
import { unknownOutcome } from '../audit/unknown-outcome.ts'
import { KEY_WINDOW_MS } from './constants.ts'
import { closeStart, findStarted, findUnanswered, openStart, type Started } from './get-started.ts'
import { startOf, targetColumns, toOperation } from './operation.ts'
import { checkTarget, countTarget, type PlanDeps } from './plan.ts'
import { insertOperation, readOperation } from './store.ts'
import { toBulkOperation } from './to-api.ts'
import { wake } from './wake.ts'

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
 * one finds it there, and completes what the first one could not. So does the same request without a key while nobody knows whether the
 * first one began anything. What cannot be woken now is woken by the cron.
 * @throws AppError 400, 422 where nothing matches or the key belongs to another request, 503 where nobody knows whether it begins.
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
  const before = await standing(deps, by, key, fingerprint)
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
    throw unknownOutcome(error, shard.name, started.seq, `GET /v1/bulk-operations/${row.id}`)
  }
  await acknowledge(deps, started)
  await wake(deps, row.id)
  return toBulkOperation((await shard.read((db) => readOperation(db, row.id))) ?? toOperation(row))
}

/** What the same request has begun before, as far as this one is to be a repetition of it. */
function standing(deps: StartDeps, by: AuditContext, key: string | null, fingerprint: string): Promise<Started | undefined> {
  return deps.control((db) =>
    key === null ? findUnanswered(db, by.actor, fingerprint) : findStarted(db, by.actor, key, by.at - KEY_WINDOW_MS),
  )
}

/** Its row is there: nobody need look for it. Where that cannot be written down, `reconcileIntents` looks. */
async function acknowledge(deps: StartDeps, { id, seq }: Started): Promise<void> {
  try {
    await deps.control((db) => closeStart(db, seq))
  } catch (error) {
    deps.logger.log('warn', 'the intent of a bulk operation stays open', { id, seq, cause: errorMessage(error) })
  }
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
  const isCurrent = target.kind === 'replay_dead_letters' && target.options.config === 'current'
  // Fixed here, so that all of them go on under the same one, however long that takes.
  const configRevision = isCurrent ? (await deps.configInForce()).revision : null
  const after = { target, configRevision, count, ratePerSecond, stopAfterFailures, repeat: key, fingerprint }
  const { value } = await deps.changeAudited<Started>(async (seq) => {
    const other = await standing(deps, by, key, fingerprint)
    if (other) return { entry: null, statements: [], value: other }
    const entry = { ...by, action: 'bulk_operation.started' as const, target: id, reason, intentSeq: null, before: null, after }
    const statements = [await deps.control(async (db) => openStart(db, { seq, at: by.at }))]
    return { entry, statements, value: { id, seq, at: by.at, count, fingerprint, configRevision } }
  })
  return value
}

/** The same for every request that begins it. */
async function rowOf(
  deps: StartDeps,
  by: AuditContext,
  request: BulkRequest,
  { id, seq, at, count, configRevision }: Started,
): Promise<BulkOperationRow> {
  const shards = (await deps.liveShards()).map(({ number }) => number)
  return {
    id,
    ...targetColumns(request.target, configRevision),
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
