import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { RevealedJob } from '@orchestrator/shared/contracts/work-api'
import { isId, logId } from '@orchestrator/shared/core/ids'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { excerptOf } from '../attempts/to-api.ts'
import type { AuditContext } from '../audit/audit-context.ts'
import { findJob, readLogOfJob } from './queries.ts'
import { type InputDeps, sentInput } from './sent-input.ts'

interface Deps extends InputDeps {
  shardOf(id: string): Shard | undefined
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
}

/**
 * What a job sends and got. Nobody sees it without a row in the audit log that says who, and why: it is written before the answer.
 * `undefined` where there is no such job.
 * @throws AppError 503 where the audit log, or a body in R2, cannot be had.
 */
export async function revealJob(deps: Deps, by: AuditContext, id: string, reason: string): Promise<RevealedJob | undefined> {
  const shard = isId('job', id) ? deps.shardOf(id) : undefined
  const job = await shard?.read((db) => findJob(db, id))
  if (!shard || !job) return undefined
  const [input, log] = await Promise.all([sentInput(deps, shard, job), shard.read((db) => readLogOfJob(db, id))])
  const attempts = log
    .filter((row) => row.kind === 'attempt' && row.jobId === id)
    .map((row) => ({ id: logId('att', shard.number, row.seq), responseExcerpt: excerptOf(row) }))
  const after = { input: input.ok, result: job.result !== null, attempts: attempts.length }
  const entry = { ...by, action: 'payload.revealed' as const, target: id, reason, intentSeq: null, before: null, after }
  const { seq: auditSeq } = await deps.appendAudit(entry)
  return {
    jobId: id,
    input: input.ok ? { value: input.value, unavailable: null } : { value: null, unavailable: input.error },
    result: job.result === null ? null : (JSON.parse(job.result) as unknown),
    attempts,
    auditSeq,
  }
}
