import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { Settings } from '@orchestrator/shared/contracts/config'
import type { JobState } from '@orchestrator/shared/contracts/jobs'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import type { CancelResponse } from '@orchestrator/shared/contracts/work-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { cancelJob } from '@orchestrator/shared/jobs/cancel-job'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { writeIntent } from '../audit/write-intent.ts'
import { findLiveJob } from './find-live.ts'
import { sendNext } from './send-next.ts'

export interface ActDeps {
  now(): number
  logger: Logger
  shardOf(id: string): Shard | undefined
  config(): Promise<{ settings: Settings }>
  newJobId(shard: number, now: number): string
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  sendJob(queue: QueueName, message: JobMessage, delaySeconds?: number): Promise<void>
}

/**
 * Cancels a job that waits, whoever made it; its callback tells that, and the next of its ordering key has its turn. The intent is
 * written before anything changes, what came of it after. Repeatable: what is cancelled stays so.
 * @throws AppError 404 where there is none, 409 where it runs or has ended otherwise.
 */
export async function cancelByOperator(deps: ActDeps, by: AuditContext, id: string, reason: string): Promise<CancelResponse> {
  const { shard, before } = await findLiveJob(deps, id)
  const answer = { jobId: id, status: 'cancelled' as const }
  if (before.status === 'cancelled') return { ...answer, auditSeq: null }
  const { settings } = await deps.config()

  const action = 'job.cancel_requested' as const
  const intent = await writeIntent(deps, { ...by, action, target: id, reason, before, after: null })

  const now = deps.now()
  const told = { reason, actor: by.actor, auditSeq: intent.seq }
  const request = { jobId: id, client: null, by: told, callbackId: deps.newJobId(shard.number, now), now }
  const result = await intent.act(shard, `GET /v1/jobs/${id}`, (db) =>
    cancelJob(db, { ...request, graceMs: settings.resendGraceMs }),
  )
  if (result.kind !== 'cancelled' || !result.told) {
    await intent.conclude('job.cancel_failed', { outcome: result.kind === 'cancelled' ? 'cancelled_before' : result.kind })
    if (result.kind === 'not_found') throw new AppError('not_found', `There is no job ${id}.`)
    if (result.kind === 'refused') throw new AppError('conflict', whyNot(result.state))
    return { ...answer, auditSeq: null }
  }
  await sendNext(deps, result.next)
  const next = result.next.map((job) => job.id)
  return { ...answer, auditSeq: await intent.conclude('job.cancelled', { status: 'cancelled', next }) }
}

function whyNot(state: JobState): string {
  return state === 'running'
    ? 'The job is running: its call cannot be taken back. If it is stuck, resolve it.'
    : `The job has ended: it is ${state}.`
}
