import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { ConfigSnapshot, Route } from '@orchestrator/shared/contracts/config'
import type { WebhookReplayRequest } from '@orchestrator/shared/contracts/control-api'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { isId } from '@orchestrator/shared/core/ids'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { AcceptedJob, RouteFailure } from '@orchestrator/shared/inbox/accepted'
import { type EventView, eventView, MAX_PARSED_BYTES, readEventBody } from '@orchestrator/shared/inbox/event-view'
import { jobMessages } from '@orchestrator/shared/inbox/job-messages'
import { jobsFor, matchNamedRoutes, matchRoutes, type RoutingResult } from '@orchestrator/shared/inbox/match-routes'
import { decideReplay, readStoredWebhook, replayWebhook, type StoredWebhook } from '@orchestrator/shared/inbox/replay-webhook'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import type { StoredBody } from '@orchestrator/shared/payloads/body'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { recordOutcome } from '../audit/record-outcome.ts'
import type { Shard } from '@orchestrator/shared/db/shards'

/** Others may replay the same webhook at the same time; each round at least one of them gets through. */
const MAX_ROUNDS = 5

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
  /** Its body is not kept any more. */
  | { outcome: 'body_gone' }
  /** Named, and no enabled routes of its provider. */
  | { outcome: 'unknown_routes'; routes: string[] }
  | { outcome: 'no_route'; failures: RouteFailure[] }
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
  const named = request.routes && namedRoutes(config, stored.row.provider, request.routes)
  if (named?.unknown.length) return { outcome: 'unknown_routes', routes: named.unknown }
  const event = await viewOf(deps, stored)
  if (!event) return { outcome: 'body_gone' }
  const routing = named ? await matchNamedRoutes(named.routes, event) : await matchRoutes(config.routes, event)
  if (routing.matches.length === 0) return { outcome: 'no_route', failures: routing.failures }

  const { reason } = request
  const before = {
    status: stored.row.status,
    jobs: stored.jobs.map((job) => ({ id: job.id, route: job.route, state: job.state })),
  }
  const entry = { ...by, target: id, reason, before, after: null }
  const intent = await deps.appendAudit({ ...entry, action: 'webhook.replay_requested', intentSeq: null })
  const conclude = (action: 'webhook.replayed' | 'webhook.replay_failed', after: unknown) =>
    recordOutcome(deps, { ...entry, at: deps.now(), action, intentSeq: intent.seq, after })

  let written: Written
  try {
    written = await write(deps, { shard, stored, config, routing, reason, actor: by.actor, auditSeq: intent.seq })
  } catch (error) {
    await conclude('webhook.replay_failed', { outcome: 'unknown', error: `${shard.name} did not answer` })
    throw error
  }
  const created = written.created.map(({ id: jobId, route }) => ({ id: jobId, route: route, created: true }))
  const jobs = [...created, ...written.kept.map((job) => ({ ...job, created: false }))]
  const sent = await send(deps, stored.row.trace, written)
  const failedRoutes = routing.failures.map(({ route }) => route)
  const concluded = await conclude('webhook.replayed', { revision: config.revision, jobs, failedRoutes, messagesSent: sent })
  return { outcome: 'replayed', jobs, failures: routing.failures, auditSeq: concluded?.seq ?? intent.seq }
}

function namedRoutes(config: ConfigSnapshot, provider: string, names: readonly string[]) {
  const unknown: string[] = []
  const routes: Route[] = []
  for (const name of new Set(names)) {
    const route = config.routes.find((one) => one.id === name && one.provider === provider && one.enabled)
    if (route) routes.push(route)
    else unknown.push(name)
  }
  return { routes, unknown }
}

/** The webhook as its filters saw it. A body too large to be looked into is not fetched. */
async function viewOf(deps: Deps, { row }: StoredWebhook): Promise<EventView | undefined> {
  const headers = JSON.parse(row.headers) as [string, string][]
  const contentEncoding = headers.find(([name]) => name === 'content-encoding')?.[1] ?? null
  const source = {
    provider: row.provider,
    eventId: row.eventId,
    type: row.type,
    headers,
    path: row.path ?? '',
    query: row.query ?? '',
  }
  if (row.bodySize > MAX_PARSED_BYTES) return eventView({ ...source, body: undefined })
  const bytes = await deps.readPayload(row)
  return bytes && eventView({ ...source, body: await readEventBody(bytes, { contentType: row.contentType, contentEncoding }) })
}

interface Written {
  created: AcceptedJob[]
  kept: { id: string; route: string }[]
  at: number
}

/** Reads again and decides anew while somebody else is quicker. */
async function write(
  deps: Deps,
  replay: Pick<Parameters<typeof replayWebhook>[1], 'stored' | 'reason' | 'actor' | 'auditSeq'> & {
    shard: Shard
    config: ConfigSnapshot
    routing: RoutingResult
  },
): Promise<Written> {
  const { shard, config, routing, reason, actor, auditSeq } = replay
  const { id, provider } = replay.stored.row
  const paused = effectivePauses(config).some((pause) => pause.kind === 'provider' && pause.id === provider)
  let stored = replay.stored
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = deps.now()
    const { create, kept } = decideReplay(stored, routing.matches, now)
    const created = jobsFor(create, { paused, newJobId: () => deps.newJobId(shard.number, now) })
    if (created.length === 0) return { created, kept, at: now }
    const change = { stored, jobs: created, failures: routing.failures, reason, actor, auditSeq, now }
    const settings = { configRevision: config.revision, resendGraceMs: config.settings.resendGraceMs }
    if (await shard.write((db) => replayWebhook(db, { ...change, ...settings }))) return { created, kept, at: now }
    stored = (await shard.read((db) => readStoredWebhook(db, id))) ?? stored
  }
  throw new AppError('conflict', 'Others replay this webhook at this moment. Look at its jobs, and try again.')
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
