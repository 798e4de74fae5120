import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { Settings } from '@orchestrator/shared/contracts/config'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { replayJob, type ReplayOutcome } from '@orchestrator/shared/jobs/replay'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { recordOutcome } from '../audit/record-outcome.ts'
import type { Shard } from '@orchestrator/shared/db/shards'
import { getDeadLetter } from './get.ts'
import { toAuditView } from './to-api.ts'

interface Deps {
  now(): number
  logger: Logger
  shardOf(id: string): Shard | undefined
  config(): Promise<{ settings: Settings }>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  sendJob(queue: QueueName, message: JobMessage): Promise<void>
}

export type ReplayResult =
  | Exclude<ReplayOutcome, { outcome: 'replayed' }>
  | { outcome: 'replayed'; jobId: string; generation: number; auditSeq: number }

/**
 * Replays one dead letter. The intent is written before anything changes: without it nothing is done. What happened is
 * written after, pointing at the intent; an intent without an outcome means that this isolate ended in between. The message
 * is a shortcut: if it cannot be sent, the sweep finds the job when its grace is over.
 */
export async function replayDeadLetter(deps: Deps, by: AuditContext, id: string, reason: string): Promise<ReplayResult> {
  const letter = await getDeadLetter(deps, id)
  const shard = letter && deps.shardOf(letter.jobId)
  if (!letter || !shard) return { outcome: 'not_found' }
  if (letter.status !== 'open') return { outcome: 'already_closed', status: letter.status }
  const { settings } = await deps.config()

  const entry = { ...by, target: id, reason, before: toAuditView(letter), after: null }
  const intent = await deps.appendAudit({ ...entry, action: 'dead_letter.replay_requested', intentSeq: null })
  const conclude = (action: 'dead_letter.replayed' | 'dead_letter.replay_failed', after: unknown) =>
    recordOutcome(deps, { ...entry, at: deps.now(), action, intentSeq: intent.seq, after })

  let result: ReplayOutcome
  try {
    result = await shard.write((db) =>
      replayJob(db, {
        jobId: letter.jobId,
        generation: letter.generation,
        reason,
        actor: by.actor,
        auditSeq: intent.seq,
        now: deps.now(),
        graceMs: settings.resendGraceMs,
      }),
    )
  } catch (error) {
    await conclude('dead_letter.replay_failed', { outcome: 'unknown', error: `${shard.name} did not answer` })
    throw error
  }
  if (result.outcome !== 'replayed') {
    await conclude('dead_letter.replay_failed', result)
    return result
  }
  const sent = await send(deps, result)
  const { jobId, generation } = result
  const concluded = await conclude('dead_letter.replayed', { status: 'queued', generation, messageSent: sent })
  return { outcome: 'replayed', jobId, generation, auditSeq: concluded?.seq ?? intent.seq }
}

async function send(deps: Deps, replayed: Extract<ReplayOutcome, { outcome: 'replayed' }>): Promise<boolean> {
  const { jobId, generation, queue, trace } = replayed
  try {
    await deps.sendJob(queue, { kind: 'job', jobId, generation, trace })
    return true
  } catch (error) {
    deps.logger.log('warn', 'the message of a replayed job could not be sent; the sweep will', {
      jobId,
      cause: errorMessage(error),
    })
    return false
  }
}
