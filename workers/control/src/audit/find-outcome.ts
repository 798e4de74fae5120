/** What DATA tells about an action whose outcome nobody wrote down: its events carry the sequence of the intent. */
import { isId } from '@orchestrator/shared/core/ids'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { findEventsOfIntent, type IntentEvent, isBegun } from './queries.ts'

export type FoundOutcome =
  /** The events that it left: it was done. */
  | { outcome: 'done'; events: IntentEvent[] }
  /** What it was about was read, and nothing there tells of it: it was not done. */
  | { outcome: 'not_done' }
  /** Nothing can tell. */
  | { outcome: 'unknown' }

interface Deps {
  shardOf(id: string): Shard | undefined
}

type Finder = (deps: Deps, intent: AuditRow) => Promise<FoundOutcome>

/** By what the action begins with. Whatever leaves no event that carries the intent (tests of connectors and providers) is not here. */
const FINDERS: Readonly<Record<string, Finder>> = {
  'dead_letter.': inItsLog,
  'webhook.': inItsLog,
  'job.': inItsLog,
  'ordering_key.': inLogOfBlocker,
  'bulk_operation.started': inItsRow,
}

/** @throws when a database does not answer: nothing is known then, and it can be asked again. */
export async function findOutcome(deps: Deps, intent: AuditRow): Promise<FoundOutcome> {
  const finder = Object.entries(FINDERS).find(([prefix]) => intent.action.startsWith(prefix))?.[1]
  return finder ? finder(deps, intent) : { outcome: 'unknown' }
}

/** Dead letters (`<job>.<generation>`), jobs and webhooks name the rows of the log that are about them. */
async function inItsLog(deps: Deps, { target, seq }: AuditRow): Promise<FoundOutcome> {
  return inLogOf(deps, target.split('.')[0] ?? '', seq)
}

/** An ordering key has no log: the job that blocked it does. The key is a client's text, which may look like an id. */
async function inLogOfBlocker(deps: Deps, { before, seq }: AuditRow): Promise<FoundOutcome> {
  const { jobId } = (JSON.parse(before ?? 'null') ?? {}) as { jobId?: unknown }
  return inLogOf(deps, typeof jobId === 'string' ? jobId : '', seq)
}

async function inLogOf(deps: Deps, id: string, seq: number): Promise<FoundOutcome> {
  const table = isId('job', id) ? 'jobs' : isId('whk', id) ? 'inbox' : undefined
  const shard = table && deps.shardOf(id)
  if (!table || !shard) return { outcome: 'unknown' }
  const events = await shard.read((db) => findEventsOfIntent(db, { table, id }, seq))
  // A row that is gone by now says nothing.
  if (events === null) return { outcome: 'unknown' }
  return events.length > 0 ? { outcome: 'done', events } : { outcome: 'not_done' }
}

/** A bulk operation has begun when its row is there. */
async function inItsRow(deps: Deps, { target }: AuditRow): Promise<FoundOutcome> {
  const shard = isId('blk', target) ? deps.shardOf(target) : undefined
  if (!shard) return { outcome: 'unknown' }
  return (await shard.read((db) => isBegun(db, target))) ? { outcome: 'done', events: [] } : { outcome: 'not_done' }
}
