import type { Actor } from '../contracts/audit.ts'
import type { LogEvent } from '../contracts/events.ts'
import { INBOX_COLUMNS, selectList } from '../db/columns.ts'
import type { InboxRow, JobRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { isFinished } from '../jobs/state-machine.ts'
import type { AcceptedJob, RouteFailure } from './accepted.ts'
import type { RouteMatch } from './match-routes.ts'
import { insertJobs, jobRow, jobStartedEvent } from './new-jobs.ts'

/** Another click within this makes no other job, even if the first one's job is done by then, ms. */
export const DOUBLE_CLICK_MS = 30_000

/** A stored webhook, with the jobs that were made for it so far. */
export interface StoredWebhook {
  row: InboxRow
  jobs: Pick<JobRow, 'id' | 'route' | 'state' | 'createdAt'>[]
}

const READ_ROW = `SELECT ${selectList(INBOX_COLUMNS)} FROM inbox WHERE id = ?1`

/** Its jobs, oldest first, from the events that tell of them: jobs have no index by webhook. */
const READ_JOBS = `SELECT id, route, state, created_at AS createdAt FROM jobs WHERE inbox_id = ?1 AND id IN (
  SELECT v.value ->> '$.jobId' FROM inbox AS i JOIN json_each(i.log) AS l JOIN events AS e ON e.seq = l.value
  JOIN json_each(e.events) AS v WHERE i.id = ?1) ORDER BY created_at, id`

/** The webhook, or `undefined` when there is none with this id. */
export async function readStoredWebhook(db: D1Database, inboxId: string): Promise<StoredWebhook | undefined> {
  const [rows, jobs] = await db.batch([db.prepare(READ_ROW).bind(inboxId), db.prepare(READ_JOBS).bind(inboxId)])
  const row = (rows?.results as InboxRow[] | undefined)?.[0]
  return row && { row, jobs: (jobs?.results ?? []) as StoredWebhook['jobs'] }
}

/**
 * Which routes get a new job. A route whose job for this webhook is still alive keeps that one, as does one whose job a replay
 * made a moment ago: so a double click, or two operators at once, do not double the work.
 */
export function decideReplay(
  { row, jobs }: Pick<StoredWebhook, 'jobs'> & { row: Pick<InboxRow, 'receivedAt'> },
  matches: readonly RouteMatch[],
  now: number,
): { create: RouteMatch[]; kept: { id: string; route: string }[] } {
  const create: RouteMatch[] = []
  const kept: { id: string; route: string }[] = []
  for (const match of matches) {
    const standing = jobs.findLast(
      (job) =>
        job.route === match.route.id &&
        (!isFinished(job.state) || (job.createdAt > row.receivedAt && now - job.createdAt < DOUBLE_CLICK_MS)),
    )
    if (standing) kept.push({ id: standing.id, route: match.route.id })
    else create.push(match)
  }
  return { create, kept }
}

export interface WebhookReplay {
  /** As it was read: what is written holds only if nobody else replayed it since. */
  stored: StoredWebhook
  jobs: readonly AcceptedJob[]
  failures: readonly RouteFailure[]
  reason: string
  actor: Actor
  /** Sequence of the audit row that holds the intent. */
  auditSeq: number
  /** The bulk operation that it is part of. */
  bulkId?: string | undefined
  now: number
  configRevision: number
  resendGraceMs: number
}

/** ?1 webhook, ?2 its log as read, ?3 now, ?4 events. */
const INSERT_EVENT = `INSERT INTO events (seq, at, kind, provider, inbox_id, trace, events)
  SELECT (SELECT coalesce(max(seq), 0) FROM events) + 1, ?3, 'event', i.provider, i.id, i.trace, ?4
  FROM inbox AS i WHERE i.id = ?1 AND i.log = ?2`

/** ?3 = its log as read. */
const INSERT_JOBS = insertJobs('(SELECT max(seq) FROM events)', 'inbox.log = ?3')

/** Last of the changes: it moves the log on that the others are guarded by. It is ignored no more. */
const UPDATE_INBOX = `UPDATE inbox SET log = json_insert(log, '$[#]', (SELECT max(seq) FROM events)), status = 'accepted'
  WHERE id = ?1 AND log = ?2`

/**
 * Writes new jobs of a stored webhook, its event and its place in the log in one batch, or nothing. Answers false when the
 * webhook was replayed by somebody else since it was read. Idempotent: the ids are minted before. Throws when D1 cannot.
 */
export async function replayWebhook(db: D1Database, replay: WebhookReplay): Promise<boolean> {
  const { row } = replay.stored
  const of = {
    inboxId: row.id,
    provider: row.provider,
    configRevision: replay.configRevision,
    trace: row.trace,
    createdAt: replay.now,
    resendGraceMs: replay.resendGraceMs,
  }
  const jobs = JSON.stringify(replay.jobs.map((job) => ({ ...jobRow(of, job, replay.now), bulkId: replay.bulkId ?? null })))
  const events = JSON.stringify(replayEvents(replay))
  const results = await retryD1(() =>
    db.batch<{ made: number }>([
      db.prepare(INSERT_EVENT).bind(row.id, row.log, replay.now, events),
      db.prepare(INSERT_JOBS).bind(jobs, row.id, row.log),
      db.prepare(UPDATE_INBOX).bind(row.id, row.log),
      db.prepare('SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?) AS made').bind(replay.jobs[0]?.id ?? null),
    ]),
  )
  return results[3]?.results[0]?.made === 1
}

function replayEvents({ jobs, failures, reason, actor, auditSeq }: WebhookReplay): LogEvent[] {
  return [
    { type: 'webhook.replayed', data: { reason, actor, auditSeq, routes: jobs.map(({ route }) => route) } },
    ...failures.map((data): LogEvent => ({ type: 'route.filter_failed', data })),
    ...jobs.map(jobStartedEvent),
  ]
}
