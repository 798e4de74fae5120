/** What a replay of one webhook and one of many have in common: routing it again, and writing the jobs that follow. */
import type { ConfigSnapshot, Route } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { AcceptedJob, RouteFailure } from '@orchestrator/shared/inbox/accepted'
import { type EventView, eventView, MAX_PARSED_BYTES, readEventBody } from '@orchestrator/shared/inbox/event-view'
import { jobsFor, matchNamedRoutes, matchRoutes, type RoutingResult } from '@orchestrator/shared/inbox/match-routes'
import { decideReplay, readStoredWebhook, replayWebhook, type StoredWebhook } from '@orchestrator/shared/inbox/replay-webhook'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import type { StoredBody } from '@orchestrator/shared/payloads/body'

/** Others may replay the same webhook at the same time; each round at least one of them gets through. */
const MAX_ROUNDS = 5

interface Deps {
  now(): number
  readPayload(stored: StoredBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  newJobId(shard: number, now: number): string
}

export type RoutedAgain =
  /** Its body is not kept any more. */
  | { outcome: 'body_gone' }
  /** Named, and no enabled routes of its provider. */
  | { outcome: 'unknown_routes'; routes: string[] }
  | { outcome: 'no_route'; failures: RouteFailure[] }
  | { outcome: 'routed'; routing: RoutingResult }

/** The routes that take a stored webhook now: those that are named, or those whose types and filters say so. */
export async function routeAgain(
  deps: Pick<Deps, 'readPayload'>,
  stored: StoredWebhook,
  config: ConfigSnapshot,
  names: readonly string[] | undefined,
): Promise<RoutedAgain> {
  const named = names && namedRoutes(config, stored.row.provider, names)
  if (named?.unknown.length) return { outcome: 'unknown_routes', routes: named.unknown }
  const event = await viewOf(deps, stored)
  if (!event) return { outcome: 'body_gone' }
  const routing = named ? await matchNamedRoutes(named.routes, event) : await matchRoutes(config.routes, event)
  return routing.matches.length === 0 ? { outcome: 'no_route', failures: routing.failures } : { outcome: 'routed', routing }
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
async function viewOf(deps: Pick<Deps, 'readPayload'>, { row }: StoredWebhook): Promise<EventView | undefined> {
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

export interface Written {
  created: AcceptedJob[]
  kept: { id: string; route: string }[]
  at: number
}

/** Writes the jobs of the routes that take it. Reads again and decides anew while somebody else is quicker. */
export async function writeJobs(
  deps: Deps,
  replay: Pick<Parameters<typeof replayWebhook>[1], 'stored' | 'reason' | 'actor' | 'auditSeq' | 'bulkId'> & {
    shard: Shard
    config: ConfigSnapshot
    routing: RoutingResult
  },
): Promise<Written> {
  const { shard, config, routing, reason, actor, auditSeq, bulkId } = replay
  const { id, provider } = replay.stored.row
  const paused = effectivePauses(config).some((pause) => pause.kind === 'provider' && pause.id === provider)
  let stored = replay.stored
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = deps.now()
    const { create, kept } = decideReplay(stored, routing.matches, now)
    const created = jobsFor(create, { paused, newJobId: () => deps.newJobId(shard.number, now) })
    if (created.length === 0) return { created, kept, at: now }
    const change = { stored, jobs: created, failures: routing.failures, reason, actor, auditSeq, bulkId, now }
    const settings = { configRevision: config.revision, resendGraceMs: config.settings.resendGraceMs }
    if (await shard.write((db) => replayWebhook(db, { ...change, ...settings }))) return { created, kept, at: now }
    stored = (await shard.read((db) => readStoredWebhook(db, id))) ?? stored
  }
  throw new AppError('conflict', 'Others replay this webhook at this moment. Look at its jobs, and try again.')
}
