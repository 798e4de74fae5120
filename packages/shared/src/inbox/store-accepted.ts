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

/** Another webhook has one of the keys (?2, a JSON array), and its window has not passed. CROSS: the few keys come first, each one look-up. */
const SEEN = `FROM json_each(?2) AS seen_key CROSS JOIN dedupe AS seen ON seen.provider = ?1 AND seen.key = seen_key.value
WHERE seen.at > ?4 - ?5 AND seen.inbox_id <> ?3`

/** A new event, or one whose window has passed, takes its keys, all or none; a duplicate writes nothing. */
const UPSERT_DEDUPE = `INSERT INTO dedupe (provider, key, inbox_id, at)
SELECT ?1, own_key.value, ?3, ?4 FROM json_each(?2) AS own_key WHERE NOT EXISTS (SELECT 1 ${SEEN})
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
WHERE EXISTS (SELECT 1 FROM dedupe WHERE provider = ?2 AND key = ?3 AND inbox_id = ?1)`

const INSERT_JOBS = insertJobs(`(inbox.log ->> '$[0]')`)

const SELECT_RESULT = `SELECT own, original, EXISTS (SELECT 1 FROM jobs WHERE inbox_id = original AND state = 'dead') AS dead
FROM (SELECT (SELECT status FROM inbox WHERE id = ?3) AS own,
(SELECT seen.inbox_id ${SEEN} ORDER BY seen_key.key LIMIT 1) AS original)`

/**
 * Stores a webhook with its jobs and its event in one batch of D1: 5 rows written with one job, 3 when ignored, 0 when it is a
 * duplicate. Idempotent: the same record again answers the same and writes nothing. Throws when D1 cannot.
 */
export async function storeAccepted(db: D1Database, record: AcceptedWebhook, options: StoreOptions): Promise<StoreResult> {
  const { provider, dedupeKeys, id } = record
  const results = await retryD1(() => db.batch<Record<string, unknown>>(storeStatements(db, record, options)))
  const [row] = (results.at(-1)?.results ?? []) as { own: InboxRow['status'] | null; original: string | null; dead: 0 | 1 }[]
  const { own, original, dead } = row ?? { own: null, original: null, dead: 0 }
  if (own !== null) return { outcome: own, id }
  if (original === null) throw new Error(`webhook ${id} left no trace under ${provider} ${dedupeKeys.join(' ')}`)
  return { outcome: 'duplicate', id: original, dead: dead === 1 }
}

/** The batch of {@link storeAccepted}; the last statement tells the result. */
export function storeStatements(db: D1Database, record: AcceptedWebhook, options: StoreOptions): D1PreparedStatement[] {
  const { provider, dedupeKeys, id, receivedAt, trace } = record
  const keys = JSON.stringify(dedupeKeys)
  const row = inboxRow(record)
  const jobs = record.jobs.map((job) => jobRow({ ...record, inboxId: id, createdAt: receivedAt }, job, options.now))
  return [
    db.prepare(UPSERT_DEDUPE).bind(provider, keys, id, receivedAt, record.dedupeWindowMs),
    db.prepare(INSERT_EVENT).bind(provider, dedupeKeys[0], id, options.now, trace, JSON.stringify(ingestEvents(record, options))),
    db.prepare(INSERT_INBOX).bind(...BOUND_COLUMNS.map((column) => row[column])),
    ...(jobs.length > 0 ? [db.prepare(INSERT_JOBS).bind(JSON.stringify(jobs), id)] : []),
    db.prepare(SELECT_RESULT).bind(provider, keys, id, receivedAt, record.dedupeWindowMs),
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
