import type { ResolveRequest, ResolveResponse } from '@orchestrator/shared/contracts/work-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import { toTime } from '@orchestrator/shared/core/time'
import { resolveJob, type ResolveOutcome } from '@orchestrator/shared/jobs/resolve-job'
import type { AuditContext } from '../audit/audit-context.ts'
import { recordOutcome } from '../audit/record-outcome.ts'
import { unknownOutcome } from '../audit/unknown-outcome.ts'
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
  const entry = { ...by, target: id, reason, before }
  const intent = await deps.appendAudit({ ...entry, action: 'job.resolve_requested', intentSeq: null, after: wanted })
  const conclude = (action: 'job.resolved' | 'job.resolve_failed', after: object) =>
    recordOutcome(deps, { ...entry, at: deps.now(), action, intentSeq: intent.seq, after: { ...wanted, ...after } })

  const now = deps.now()
  const about = { jobId: id, generation, as, force, reason, actor: by.actor, auditSeq: intent.seq, now }
  const ids = { callbackId: deps.newJobId(shard.number, now), graceMs: settings.resendGraceMs }
  let result: ResolveOutcome
  try {
    result = await shard.write((db) => resolveJob(db, { ...about, ...ids }))
  } catch (error) {
    throw unknownOutcome(error, shard.name, intent.seq, `GET /v1/jobs/${id}`)
  }
  if (result.outcome !== 'resolved') {
    await conclude('job.resolve_failed', result)
    throw whyNot(id, result)
  }
  await sendNext(deps, result.next)
  const concluded = await conclude('job.resolved', { status: result.state, next: result.next.map((one) => one.id) })
  return { jobId: id, generation, status: result.state, auditSeq: concluded?.seq ?? intent.seq }
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
