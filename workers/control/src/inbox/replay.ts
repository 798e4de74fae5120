import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { WebhookReplayRequest } from '@orchestrator/shared/contracts/control-api'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { isId } from '@orchestrator/shared/core/ids'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { RouteFailure } from '@orchestrator/shared/inbox/accepted'
import { jobMessages } from '@orchestrator/shared/inbox/job-messages'
import { readStoredWebhook } from '@orchestrator/shared/inbox/replay-webhook'
import type { StoredBody } from '@orchestrator/shared/payloads/body'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { unknownOutcome } from '../audit/unknown-outcome.ts'
import { writeIntent } from '../audit/write-intent.ts'
import type { Shard } from '@orchestrator/shared/db/shards'
import { routeAgain, type RoutedAgain, writeJobs, type Written } from './route-again.ts'

interface Deps {
  now(): number
  logger: Logger
  shardOf(id: string): Shard | undefined
  /** As it is now, not some seconds ago: who just made a route wants to see it taken. */
  configInForce(): Promise<ConfigSnapshot>
  readPayload(stored: StoredBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  newJobId(shard: number, now: number): string
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  sendJob(queue: QueueName, message: JobMessage, delaySeconds?: number): Promise<void>
}

export type WebhookReplayResult =
  | { outcome: 'not_found' }
  | Exclude<RoutedAgain, { outcome: 'routed' }>
  | { outcome: 'replayed'; jobs: { id: string; route: string; created: boolean }[]; failures: RouteFailure[]; auditSeq: number }

/**
 * Routes a stored webhook again, against the configuration in force, and makes new jobs for the routes that take it. The intent
 * is audited before anything changes, what came of it after. Jobs of an earlier replay that are alive, or that were made a
 * moment ago, stand for new ones (`decideReplay`).
 */
export async function replayStoredWebhook(
  deps: Deps,
  by: AuditContext,
  id: string,
  request: WebhookReplayRequest,
): Promise<WebhookReplayResult> {
  const shard = isId('whk', id) ? deps.shardOf(id) : undefined
  const stored = await shard?.read((db) => readStoredWebhook(db, id))
  if (!shard || !stored) return { outcome: 'not_found' }
  const config = await deps.configInForce()
  const routed = await routeAgain(deps, stored, config, request.routes)
  if (routed.outcome !== 'routed') return routed
  const { routing } = routed

  const { reason } = request
  const before = {
    status: stored.row.status,
    jobs: stored.jobs.map((job) => ({ id: job.id, route: job.route, state: job.state })),
  }
  const action = 'webhook.replay_requested' as const
  const intent = await writeIntent(deps, { ...by, action, target: id, reason, before, after: null })

  let written: Written
  try {
    written = await writeJobs(deps, { shard, stored, config, routing, reason, actor: by.actor, auditSeq: intent.seq })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') {
      throw unknownOutcome(error, shard.name, intent.seq, `the jobs of GET /v1/inbox/${id}`)
    }
    await intent.conclude('webhook.replay_failed', { outcome: 'conflict' })
    throw error
  }
  const created = written.created.map(({ id: jobId, route }) => ({ id: jobId, route: route, created: true }))
  const jobs = [...created, ...written.kept.map((job) => ({ ...job, created: false }))]
  const messagesSent = await send(deps, stored.row.trace, written)
  const failedRoutes = routing.failures.map(({ route }) => route)
  const after = { revision: config.revision, jobs, failedRoutes, messagesSent }
  return { outcome: 'replayed', jobs, failures: routing.failures, auditSeq: await intent.conclude('webhook.replayed', after) }
}

/** Answers whether all messages went out; the sweep finds the jobs of those that did not. */
async function send(deps: Deps, trace: string, { created, at }: Written): Promise<boolean> {
  let sent = true
  for (const { queue, messages } of jobMessages({ jobs: created, trace }, { createdAt: at, now: at })) {
    for (const { body, delaySeconds } of messages) {
      try {
        await deps.sendJob(queue, body, delaySeconds)
      } catch (error) {
        sent = false
        const cause = errorMessage(error)
        deps.logger.log('warn', 'the message of a replayed webhook could not be sent; the sweep will', {
          jobId: body.jobId,
          cause,
        })
      }
    }
  }
  return sent
}
