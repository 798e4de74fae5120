import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { Settings } from '@orchestrator/shared/contracts/config'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { DeadLetterReplayRequest } from '@orchestrator/shared/contracts/replay-api'
import { replayJob, type ReplayOutcome } from '@orchestrator/shared/jobs/replay'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { writeIntent } from '../audit/write-intent.ts'
import type { Shard } from '@orchestrator/shared/db/shards'
import { getDeadLetter } from './get.ts'
import { namedEdits } from './input-diff.ts'
import { type ChangeDeps, changeOf, planChange, type PlannedChange } from './plan-change.ts'
import { toAuditView } from './to-api.ts'

interface Deps extends ChangeDeps {
  now(): number
  logger: Logger
  shardOf(id: string): Shard | undefined
  config(): Promise<{ settings: Settings }>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  sendJob(queue: QueueName, message: JobMessage): Promise<void>
  writeJobInput(key: string, text: string): Promise<void>
}

export type ReplayResult =
  | Exclude<ReplayOutcome, { outcome: 'replayed' }>
  | { outcome: 'replayed'; jobId: string; generation: number; auditSeq: number }

/**
 * Replays one dead letter, as it was or changed. The intent is written before anything changes: without it nothing is done. What
 * happened is written after, pointing at the intent; an intent without an outcome means that this isolate ended in between. The
 * message is a shortcut: if it cannot be sent, the sweep finds the job when its grace is over.
 * @throws AppError 400 where what is to change cannot be had.
 */
export async function replayDeadLetter(
  deps: Deps,
  by: AuditContext,
  id: string,
  request: DeadLetterReplayRequest,
): Promise<ReplayResult> {
  const letter = await getDeadLetter(deps, id)
  const shard = letter && deps.shardOf(letter.jobId)
  if (!letter || !shard) return { outcome: 'not_found' }
  if (letter.status !== 'open') return { outcome: 'already_closed', status: letter.status }
  const planned = await planChange(deps, shard, letter.jobId, request)
  const { settings } = await deps.config()

  const { reason } = request
  const action = 'dead_letter.replay_requested' as const
  const options = toAudit(request, planned)
  const intent = await writeIntent(deps, { ...by, action, target: id, reason, before: toAuditView(letter), after: options })

  const change = changeOf(planned, `job-inputs/${letter.jobId}-${intent.seq}`)
  if (planned.input && change.input?.inputKey) {
    try {
      await deps.writeJobInput(change.input.inputKey, planned.input.text)
    } catch (error) {
      await intent.conclude('dead_letter.replay_failed', { ...options, outcome: 'not_done', error: 'R2 did not answer' })
      throw error
    }
  }
  const result = await intent.act(shard, `GET /v1/dead-letters/${id}`, (db) =>
    replayJob(db, {
      jobId: letter.jobId,
      generation: letter.generation,
      reason,
      actor: by.actor,
      auditSeq: intent.seq,
      now: deps.now(),
      graceMs: settings.resendGraceMs,
      change,
      told: toLog(planned),
    }),
  )
  if (result.outcome !== 'replayed') {
    await intent.conclude('dead_letter.replay_failed', { ...options, ...result })
    return result
  }
  const messageSent = await send(deps, result)
  const { jobId, generation } = result
  const after = { ...options, status: 'queued', generation, messageSent }
  return { outcome: 'replayed', jobId, generation, auditSeq: await intent.conclude('dead_letter.replayed', after) }
}

/** What was asked for, with the whole edit. */
function toAudit({ config, idempotencyKey }: DeadLetterReplayRequest, { configRevision, input }: PlannedChange): object {
  return {
    config,
    ...(configRevision === null ? {} : { configRevision }),
    idempotencyKey,
    ...(input ? { input: input.diff } : {}),
  }
}

/** What differs, for the log: it names what was edited, and leaves the values to the audit log. */
function toLog({ configRevision, newKey, input }: PlannedChange): Record<string, unknown> {
  return {
    ...(configRevision === null ? {} : { configRevision }),
    ...(newKey ? { idempotencyKey: 'new' } : {}),
    ...(input ? { input: namedEdits(input.diff) } : {}),
  }
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
