import type { Event } from '@orchestrator/shared/contracts/control-api'
import { eventType } from '@orchestrator/shared/contracts/events'
import type { EventRow } from '@orchestrator/shared/db/data-schema'
import * as z from 'zod'
import type { Shard } from '@orchestrator/shared/db/shards'
import { JOB_IDS_OF_WEBHOOK } from '../inbox/queries.ts'
import { ABOVE_ALL, lookAtLog, readLog, readLogWhere, seqBounds, type SeqRange, seqRange } from '../lists/by-seq.ts'
import { decodeCursor, positionOf } from '@orchestrator/shared/lists/cursor'
import type { Condition } from '@orchestrator/shared/lists/filters'
import { inboxIdQuery, jobIdQuery, pageQuery, rangeQuery, readRange, type TimeRange } from '@orchestrator/shared/lists/query'
import { scan } from '@orchestrator/shared/lists/scan'
import { type Found, type Page, type ShardPage, type ShardRequest, walkShards } from '@orchestrator/shared/lists/walk-shards'
import { toEvents } from './to-api.ts'

export const eventsQuery = z
  .strictObject({
    ...pageQuery,
    ...rangeQuery,
    jobId: jobIdQuery.optional(),
    inboxId: inboxIdQuery.optional(),
    type: eventType.optional(),
  })
  .refine((query) => !(query.jobId && query.inboxId), { message: 'ask for a job or for a webhook, not both', path: ['inboxId'] })
type EventsQuery = z.output<typeof eventsQuery>

/** A row carries several events: the key is the row's sequence and the event's place in it. */
type Key = [seq: number, index: number]
const cursor = positionOf<Key>(z.tuple([z.int().positive(), z.int().nonnegative()]))

/** By the job's own log, by the webhook's and those of its jobs, or all rows that carry events. */
const OF_JOB = 'e.seq IN (SELECT l.value FROM jobs AS j JOIN json_each(j.log) AS l WHERE j.id = ?1)'
const OF_WEBHOOK = `e.seq IN (SELECT l.value FROM inbox AS i JOIN json_each(i.log) AS l WHERE i.id = ?1
  UNION SELECT l.value FROM jobs AS j JOIN json_each(j.log) AS l WHERE j.id IN (${JOB_IDS_OF_WEBHOOK}))`
/** The text is searched first, since every event that is taken apart counts as a row read. */
const OF_TYPE = `instr(e.events, '"type":' || json_quote(?)) AND EXISTS (SELECT 1 FROM json_each(e.events) AS v WHERE v.value ->> '$.type' = ?)`
const NOT_EMPTY: Condition = { sql: "e.events <> '[]'", values: [] }

interface Deps {
  liveShards(): Promise<Shard[]>
  shardOf(id: string): Shard | undefined
}

/** Events, newest first. */
export async function listEvents(deps: Deps, query: EventsQuery): Promise<Page<Event>> {
  const from = decodeCursor(query.cursor, cursor)
  const range = readRange(query)
  const id = query.jobId ?? query.inboxId
  const shard = id ? deps.shardOf(id) : undefined
  const shards = id ? (shard ? [shard] : []) : await deps.liveShards()
  return walkShards(shards, from, query.limit, (one, request) => readEvents(one, query, range, request))
}

async function readEvents(
  shard: Shard,
  query: EventsQuery,
  range: TimeRange,
  request: ShardRequest<Key>,
): Promise<ShardPage<Event, Key>> {
  const { low, high } = await seqRange(shard, range)
  const before = (after: Key | null) => ({ low, high: Math.min(high, below(after)) })
  const condition = indexedCondition(query)
  const fetch = (rows: readonly EventRow[]) => toFound(rows, shard, query, request)
  if (condition) {
    const rows = await shard.read((db) => readLogWhere(db, condition, before(request.after), rowsFor(query, request.want)))
    return { found: fetch(rows), scanned: null, stoppedAt: null }
  }
  if (!query.type) {
    const { range, wholeLog } = await withinBudget(shard, before(request.after), request.budget)
    const rows = await shard.read((db) => readLogWhere(db, NOT_EMPTY, range, request.want))
    const looked = range.high - range.low
    const full = rows.length >= request.want
    const stoppedAt: Key | null = full || wholeLog ? null : [range.low, 0]
    return { found: fetch(rows), scanned: full || rows.length === looked ? null : looked, stoppedAt }
  }
  const ofType: Condition = { sql: OF_TYPE, values: [query.type, query.type] }
  const source = {
    look: async (after: Key | null, limit: number) => {
      const rows = await shard.read((db) => lookAtLog(db, ofType, before(after), limit))
      return rows.map((row) => ({ key: [row.seq, 0] as Key, hit: row.hit }))
    },
    fetch: async (keys: readonly Key[]) =>
      fetch(
        await shard.read((db) =>
          readLog(
            db,
            keys.map(([seq]) => seq),
          ),
        ),
      ),
  }
  // The row that is read once more may have nothing of this type left.
  return scan(source, { ...request, want: request.want + 1 })
}

function indexedCondition(query: EventsQuery): Condition | null {
  if (query.jobId) return { sql: OF_JOB, values: [query.jobId] }
  if (query.inboxId) return { sql: OF_WEBHOOK, values: [query.inboxId] }
  return null
}

/** Calls of `/execute` mostly carry no event, and there may be any number of them: so many sequences are looked at, and no more. */
async function withinBudget(shard: Shard, asked: SeqRange, budget: number): Promise<{ range: SeqRange; wholeLog: boolean }> {
  const bounds = await shard.read(seqBounds)
  const bottom = Math.max(asked.low, bounds.low)
  const high = Math.max(bottom, Math.min(asked.high, bounds.high))
  const low = Math.max(bottom, high - budget)
  return { range: { low, high }, wholeLog: low === bottom }
}

/** The row of the last event seen may carry older ones: it is read once more. */
function below(after: Key | null): number {
  if (after === null) return ABOVE_ALL
  return after[1] > 0 ? after[0] + 1 : after[0]
}

/** The log of one job or webhook is short and read whole, since a filter by type may leave most of it out. */
const WHOLE_LOG = 2_000
function rowsFor(query: EventsQuery, want: number): number {
  return query.jobId || query.inboxId ? WHOLE_LOG : want
}

function toFound(rows: readonly EventRow[], shard: Shard, query: EventsQuery, request: ShardRequest<Key>): Found<Event, Key>[] {
  return rows
    .flatMap((row) =>
      toEvents(row, shard.number)
        .map((item, index): Found<Event, Key> => ({ key: [row.seq, index], item }))
        .toReversed(),
    )
    .filter(({ key, item }) => isBefore(key, request.after) && isWanted(item, query))
    .slice(0, request.want)
}

function isBefore(key: Key, after: Key | null): boolean {
  return after === null || key[0] < after[0] || (key[0] === after[0] && key[1] < after[1])
}

/** A row written with a batch may also carry events of other jobs; those of the webhook belong to its jobs' story. */
function isWanted(event: Event, query: EventsQuery): boolean {
  if (query.type && event.type !== query.type) return false
  return !query.jobId || event.jobId === null || event.jobId === query.jobId
}
