import type { LogEvent } from '../contracts/events.ts'
import { columnList, INBOX_COLUMNS } from '../db/columns.ts'
import type { InboxRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import type { AcceptedWebhook } from './accepted.ts'
import { insertJobs, jobRow, jobStartedEvent } from './new-jobs.ts'

/**
 * What became of a webhook. `id` is the inbox row's: its own, or that of the first delivery when this is a duplicate; then `dead`
 * tells whether jobs of that delivery lie dead.
 */
export type StoreResult = { outcome: 'accepted' | 'ignored'; id: string } | { outcome: 'duplicate'; id: string; dead: boolean }

export interface StoreOptions {
  /** When the jobs begin to wait, ms. The sweep looks at them one grace later. */
  now: number
  /** Where a webhook waited while DATA was down. */
  restoredFrom?: 'r2' | 'message'
}

/**
 * The first key, where nobody else holds it within the window: ?1 provider, ?2 key, ?3 inbox id, ?4 time, ?5 window. A new event, or
 * one whose window has passed, takes it; a duplicate writes nothing.
 */
const TAKE_KEY = `ON CONFLICT (provider, key) DO UPDATE SET inbox_id = excluded.inbox_id, at = excluded.at
WHERE dedupe.at <= excluded.at - ?5`
const TAKE_ONLY_KEY = `INSERT INTO dedupe (provider, key, inbox_id, at) VALUES (?1, ?2, ?3, ?4) ${TAKE_KEY}`
/** The same where there is a second key, ?6: both are taken, or none. */
const TAKE_FIRST_KEY = `INSERT INTO dedupe (provider, key, inbox_id, at) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (
SELECT 1 FROM dedupe WHERE provider = ?1 AND key = ?6 AND at > ?4 - ?5 AND inbox_id <> ?3) ${TAKE_KEY}`
const TAKE_SECOND_KEY = `INSERT INTO dedupe (provider, key, inbox_id, at) SELECT ?1, ?5, ?3, ?4 WHERE EXISTS (
SELECT 1 FROM dedupe WHERE provider = ?1 AND key = ?2 AND inbox_id = ?3)
ON CONFLICT (provider, key) DO UPDATE SET inbox_id = excluded.inbox_id, at = excluded.at
WHERE dedupe.inbox_id <> excluded.inbox_id`

/** Before the inbox row, which marks the whole batch as done: repeated, it appends nothing. */
const INSERT_EVENT = `INSERT INTO events (at, kind, provider, inbox_id, trace, events)
SELECT ?4, 'event', ?1, ?3, ?5, ?6
WHERE EXISTS (SELECT 1 FROM dedupe WHERE provider = ?1 AND key = ?2 AND inbox_id = ?3)
AND NOT EXISTS (SELECT 1 FROM inbox WHERE id = ?3)`

/** What is bound, in this order; the log's sequence is known only to the database. */
const BOUND_COLUMNS = INBOX_COLUMNS.filter((column) => column !== 'log')
const INSERT_INBOX = `INSERT OR IGNORE INTO inbox (${columnList([...BOUND_COLUMNS, 'log'])})
SELECT ${BOUND_COLUMNS.map((_, i) => `?${i + 1}`).join(', ')}, (SELECT json_array(max(seq)) FROM events)
WHERE EXISTS (SELECT 1 FROM dedupe WHERE provider = ?2 AND key = ?3 AND inbox_id = ?1) RETURNING status AS own`

const INSERT_JOBS = insertJobs(`(inbox.log ->> '$[0]')`)

/** Why nothing was inserted: it is there already, or another delivery holds a key. ?1 provider, ?2 inbox id, ?3 and ?4 keys, ?5 to ?6 the window. */
const SELECT_STORED = `SELECT own, original, EXISTS (SELECT 1 FROM jobs WHERE inbox_id = original AND state = 'dead') AS dead
FROM (SELECT (SELECT status FROM inbox WHERE id = ?2) AS own, coalesce(
(SELECT inbox_id FROM dedupe WHERE provider = ?1 AND key = ?3 AND at > ?5 AND at < ?6 AND inbox_id <> ?2),
(SELECT inbox_id FROM dedupe WHERE provider = ?1 AND key = ?4 AND at > ?5 AND at < ?6 AND inbox_id <> ?2)) AS original)`

interface Stored {
  own: InboxRow['status'] | null
  original: string | null
  dead: 0 | 1
}

/**
 * Stores a webhook with its jobs and its event in one batch of D1: 5 rows written with one job, 3 when ignored, one more with a
 * second dedupe key, 0 when it is a duplicate (which a second look tells). Idempotent: the same record again answers the same and
 * writes nothing. Throws when D1 cannot.
 */
export async function storeAccepted(db: D1Database, record: AcceptedWebhook, options: StoreOptions): Promise<StoreResult> {
  const { provider, dedupeKeys, id } = record
  const results = await retryD1(() => db.batch<Stored>(storeStatements(db, record, options)))
  const inserted = results[dedupeKeys.length + 1]?.results[0]?.own
  if (inserted) return { outcome: inserted, id }
  const [first, second = first] = dedupeKeys
  const [from, to] = [record.receivedAt - record.dedupeWindowMs, record.receivedAt + record.dedupeWindowMs]
  const select = db.prepare(SELECT_STORED).bind(provider, id, first, second, from, to)
  const row = await retryD1(() => select.first<Stored>())
  if (row?.own) return { outcome: row.own, id }
  if (!row?.original) {
    // It waited so long that a later one, outside its window, has its keys: no duplicate, so it gets keys of its own.
    const own = dedupeKeys.map((key) => `${key} ${id}`)
    if (dedupeKeys.every((key) => key.endsWith(` ${id}`))) throw new Error(`webhook ${id} left no trace under ${own.join()}`)
    return storeAccepted(db, { ...record, dedupeKeys: own }, options)
  }
  return { outcome: 'duplicate', id: row.original, dead: row.dead === 1 }
}

/** The batch of {@link storeAccepted}: dedupe keys, event, inbox (which returns its status when it is new), jobs. */
export function storeStatements(db: D1Database, record: AcceptedWebhook, options: StoreOptions): D1PreparedStatement[] {
  const { provider, dedupeKeys, id, receivedAt, trace } = record
  const row = inboxRow(record)
  const jobs = record.jobs.map((job) => jobRow({ ...record, inboxId: id, createdAt: receivedAt }, job, options.now))
  const events = JSON.stringify(ingestEvents(record, options))
  return [
    ...takeKeys(db, record),
    db.prepare(INSERT_EVENT).bind(provider, dedupeKeys[0], id, options.now, trace, events),
    db.prepare(INSERT_INBOX).bind(...BOUND_COLUMNS.map((column) => row[column])),
    ...(jobs.length > 0 ? [db.prepare(INSERT_JOBS).bind(JSON.stringify(jobs), id)] : []),
  ]
}

function takeKeys(db: D1Database, record: AcceptedWebhook): D1PreparedStatement[] {
  const { provider, id, receivedAt, dedupeWindowMs } = record
  const [first, second] = record.dedupeKeys
  if (second === undefined) return [db.prepare(TAKE_ONLY_KEY).bind(provider, first, id, receivedAt, dedupeWindowMs)]
  return [
    db.prepare(TAKE_FIRST_KEY).bind(provider, first, id, receivedAt, dedupeWindowMs, second),
    db.prepare(TAKE_SECOND_KEY).bind(provider, first, id, receivedAt, second),
  ]
}

function inboxRow(record: AcceptedWebhook): Omit<InboxRow, 'log'> {
  const {
    v: _v,
    dedupeKeys: [dedupeKey = ''],
    dedupeWindowMs: _window,
    reviveDead: _revive,
    note: _note,
    resendGraceMs: _grace,
    jobs: _jobs,
    routeFailures: _failures,
    ...row
  } = record
  return { ...row, dedupeKey, headers: JSON.stringify(record.headers), verification: JSON.stringify(record.verification) }
}

/** One row of the log tells the whole arrival. */
function ingestEvents(record: AcceptedWebhook, options: StoreOptions): LogEvent[] {
  const { type, note } = record
  return [
    { type: `webhook.${record.status}`, data: { eventType: type, ...(note === null ? {} : { note }) } },
    ...(options.restoredFrom
      ? [
          {
            type: 'webhook.restored' as const,
            data: { from: options.restoredFrom, waitedMs: options.now - record.receivedAt },
          },
        ]
      : []),
    ...record.routeFailures.map((data): LogEvent => ({ type: 'route.filter_failed', data })),
    ...record.jobs.map(jobStartedEvent),
  ]
}
