import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { Settings } from '@orchestrator/shared/contracts/config'
import type { DiscardResponse } from '@orchestrator/shared/contracts/control-api'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { discardJob } from '@orchestrator/shared/jobs/discard'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { writeIntent } from '../audit/write-intent.ts'
import { sendNext } from '../jobs/send-next.ts'
import { getDeadLetter } from './get.ts'
import { toAuditView } from './to-api.ts'

interface Deps {
  now(): number
  logger: Logger
  shardOf(id: string): Shard | undefined
  config(): Promise<{ settings: Settings }>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  sendJob(queue: QueueName, message: JobMessage, delaySeconds?: number): Promise<void>
}

/**
 * Gives one dead letter up for good. The intent is written before anything changes, what came of it after. A job that it kept
 * waiting is sent; if that fails, the sweep finds it when its grace is over. Repeatable: what is discarded stays so.
 * @throws AppError 404 where there is none, 409 where it was closed in another way.
 */
export async function discardDeadLetter(deps: Deps, by: AuditContext, id: string, reason: string): Promise<DiscardResponse> {
  const letter = await getDeadLetter(deps, id)
  const shard = letter && deps.shardOf(letter.jobId)
  if (!letter || !shard) throw new AppError('not_found', `There is no dead letter ${id}.`)
  const answer = { deadLetterId: id, jobId: letter.jobId, status: 'discarded' as const }
  if (letter.status !== 'open') return { ...answer, auditSeq: closedBefore(letter.status) }
  const { settings } = await deps.config()

  const action = 'dead_letter.discard_requested' as const
  const intent = await writeIntent(deps, { ...by, action, target: id, reason, before: toAuditView(letter), after: null })

  const { jobId, generation } = letter
  const about = { jobId, generation, reason, actor: by.actor, auditSeq: intent.seq }
  const result = await intent.act(shard, `GET /v1/dead-letters/${id}`, (db) =>
    discardJob(db, { ...about, now: deps.now(), graceMs: settings.resendGraceMs }),
  )
  if (result.outcome !== 'discarded') {
    await intent.conclude('dead_letter.discard_failed', result)
    if (result.outcome === 'not_found') throw new AppError('not_found', `There is no dead letter ${id}.`)
    return { ...answer, auditSeq: closedBefore(result.status) }
  }
  await sendNext(deps, result.next)
  const freed = result.next.map((job) => job.id)
  return { ...answer, auditSeq: await intent.conclude('dead_letter.discarded', { status: 'discarded', freed }) }
}

/** What is discarded stays so. @throws AppError 409 where it was replayed. */
function closedBefore(status: 'open' | 'replayed' | 'discarded'): null {
  if (status === 'discarded') return null
  throw new AppError('conflict', `This dead letter is closed already: it was ${status}.`)
}
