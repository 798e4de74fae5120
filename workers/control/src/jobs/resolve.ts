import type { ResolveRequest, ResolveResponse } from '@orchestrator/shared/contracts/work-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import { toTime } from '@orchestrator/shared/core/time'
import { resolveJob, type ResolveOutcome } from '@orchestrator/shared/jobs/resolve-job'
import type { AuditContext } from '../audit/audit-context.ts'
import { writeIntent } from '../audit/write-intent.ts'
import type { ActDeps } from './cancel.ts'
import { findLiveJob } from './find-live.ts'
import { sendNext } from './send-next.ts'

/**
 * Ends what holds a job up: it is tried again at once, or ends as somebody decides. The intent is written before anything changes,
 * what came of it after. Whoever holds the job loses it: what a late worker writes matches nothing.
 * @throws AppError 404 where there is none, 409 where a worker holds it (unless forced) or it has moved on.
 */
export async function resolveByOperator(
  deps: ActDeps,
  by: AuditContext,
  id: string,
  { reason, as, force, generation: asked }: ResolveRequest,
): Promise<ResolveResponse> {
  const { shard, job, before } = await findLiveJob(deps, id)
  const generation = asked ?? job.generation
  const { settings } = await deps.config()

  const wanted = { as, force, generation }
  const action = 'job.resolve_requested' as const
  const intent = await writeIntent(deps, { ...by, action, target: id, reason, before, after: wanted })

  const now = deps.now()
  const about = { jobId: id, generation, as, force, reason, actor: by.actor, auditSeq: intent.seq, now }
  const ids = { callbackId: deps.newJobId(shard.number, now), graceMs: settings.resendGraceMs }
  const result = await intent.act(shard, `GET /v1/jobs/${id}`, (db) => resolveJob(db, { ...about, ...ids }))
  if (result.outcome !== 'resolved') {
    await intent.conclude('job.resolve_failed', { ...wanted, ...result })
    throw whyNot(id, result)
  }
  await sendNext(deps, result.next)
  const { state: status } = result
  const next = result.next.map((one) => one.id)
  return { jobId: id, generation, status, auditSeq: await intent.conclude('job.resolved', { ...wanted, status, next }) }
}

function whyNot(id: string, result: Exclude<ResolveOutcome, { outcome: 'resolved' }>): AppError {
  switch (result.outcome) {
    case 'not_found':
      return new AppError('not_found', `There is no job ${id}.`)
    case 'leased': {
      const until = toTime(result.leaseUntil)
      return new AppError('conflict', `A worker holds the job until ${until}. Wait for that, or take it away with force.`, {
        extensions: { leaseUntil: until },
      })
    }
    case 'moved':
      return new AppError('conflict', `The job has moved on: it is ${result.state} in generation ${result.generation}.`)
    default:
      return assertNever(result)
  }
}
