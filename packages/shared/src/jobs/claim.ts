import { selectList } from '../db/columns.ts'
import type { InboxRow, JobRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { CLAIM_DEADLINE_MS, LEASE_GRACE_MS, RELEASE_DEADLINE_MS } from './constants.ts'
import { BEHIND } from './ordering.ts'
import { releaseJobs, releaseUnlessClaimed } from './release.ts'
import { CLAIMABLE_STATES, isFinished, sqlStates } from './state-machine.ts'

export interface ClaimRequest {
  jobId: string
  generation: number
}

export interface ClaimOptions {
  /** Fencing token of this claim, unique to it. */
  token: string
  now: number
  /** The longest attempt that the lease must cover, ms. */
  attemptMs: number
}

const CLAIMED_COLUMNS = [
  'id',
  'state',
  'generation',
  'queue',
  'inboxId',
  'provider',
  'route',
  'connector',
  'operation',
  'input',
  'configRevision',
  'policy',
  'orderingKey',
  'attempts',
  'lostLeases',
  'dueAt',
  'firstStartedAt',
  'lastError',
  'trace',
  'client',
  'callback',
  'inputKey',
  'keyGeneration',
] as const satisfies readonly (keyof JobRow)[]

export interface ClaimedWebhook extends Pick<InboxRow, 'body' | 'bodyEncoding' | 'contentType'> {
  contentEncoding: string | null
  /** As they are stored: JSON pairs of names and values. */
  headers: string
}

/** A job that is ours until `leaseUntil` (ms). */
export interface ClaimedJob extends Pick<JobRow, Exclude<(typeof CLAIMED_COLUMNS)[number], 'firstStartedAt'>> {
  firstStartedAt: number
  leaseUntil: number
  /** Attempts of this job, over all generations, that the upstream answered with a failure. */
  answeredFailures: number
  /** The body of its webhook, while it has one. */
  webhook: ClaimedWebhook | null
}

export type ClaimResult =
  | { outcome: 'claimed'; job: ClaimedJob }
  | { outcome: 'not_due'; dueAt: number }
  /** An older job of its ordering key goes first; whatever ends that one brings this one. */
  | { outcome: 'behind' }
  /** Another consumer holds it; if that one dies, the sweep brings the job back after its lease. */
  | { outcome: 'running' }
  /** Ended, or in a later generation: nothing to do for this message. */
  | { outcome: 'finished' }
  | { outcome: 'unknown' }

/** ?1 = requests, ?2 = now. */
const REQUESTED = `(SELECT value ->> '$.jobId' AS id, value ->> '$.generation' AS generation FROM json_each(?1)) AS r`
const SAME_JOB = 'j.id = r.id AND j.generation = r.generation'
const EXPIRED = `(j.state = 'running' AND coalesce(j.lease_until, 0) < ?2)`
const WAITING = `(j.state IN (${sqlStates(CLAIMABLE_STATES)}) AND j.due_at <= ?2)`

/** One row for all leases that this claim takes over; before the update, which makes them look alive again. */
const LOG_EXPIRED = `INSERT INTO events (at, kind, events)
SELECT ?2, 'event', json_group_array(json_object('type', 'job.lease_expired', 'jobId', j.id,
  'data', json_object('lostLeases', j.lost_leases + 1, 'generation', j.generation)))
FROM ${REQUESTED} CROSS JOIN jobs AS j ON ${SAME_JOB} WHERE ${EXPIRED} HAVING count(*) > 0`

/**
 * Leaves `wake_at` alone, so that a claim writes one row a job. ?3 = token, ?4 = attempt time: all jobs are worked at once.
 * The time on hold, which began at `due_at`, is no time of the job's: its total deadline moves on by it.
 */
const CLAIM = `UPDATE jobs AS j SET state = 'running', token = ?3,
  lease_until = ?2 + ?4 + ${LEASE_GRACE_MS},
  first_started_at = coalesce(j.first_started_at + iif(j.state = 'held', ?2 - j.due_at, 0), ?2),
  lost_leases = j.lost_leases + (j.state = 'running'),
  log = iif(j.state = 'running', json_insert(j.log, '$[#]', (SELECT max(seq) FROM events)), j.log)
FROM ${REQUESTED} WHERE ${SAME_JOB} AND (${WAITING} OR ${EXPIRED}) AND NOT ${BEHIND}`

/** A callback's log begins with the row of the attempt that ended its parent. */
const ANSWERED_FAILURES = `(SELECT count(*) FROM json_each(j.log) AS l JOIN events AS e ON e.seq = l.value
  WHERE e.failed = 1 AND e.job_id = j.id AND e.attempt ->> '$.status' IS NOT NULL)`

const CONTENT_ENCODING = `iif(instr(i.headers, '"content-encoding"'),
  (SELECT h.value ->> 1 FROM json_each(i.headers) AS h WHERE h.value ->> 0 = 'content-encoding'), NULL)`

/** ?2 = token. Bodies only of what is ours. */
const READ = `SELECT ${selectList(CLAIMED_COLUMNS, 'j')}, j.lease_until AS leaseUntil, j.generation = r.generation AS current,
  coalesce(j.token = ?2 AND j.state = 'running', 0) AS ours, i.body, i.body_encoding AS bodyEncoding,
  i.content_type AS contentType, i.headers, ${CONTENT_ENCODING} AS contentEncoding, ${BEHIND} AS behind,
  iif(j.token = ?2 AND j.state = 'running', ${ANSWERED_FAILURES}, 0) AS answeredFailures
FROM ${REQUESTED} CROSS JOIN jobs AS j ON j.id = r.id LEFT JOIN inbox AS i ON i.id = j.inbox_id AND j.token = ?2`

type ReadRow = Omit<ClaimedJob, 'webhook'> & { current: 0 | 1; ours: 0 | 1; behind: 0 | 1 } & Partial<
    Record<'body' | 'bodyEncoding' | 'contentType' | 'contentEncoding' | 'headers', string | null>
  >

/**
 * Takes the jobs that may be worked now: one batch, one row written each. A job whose lease ran out is taken over: nobody knows
 * what came of its last attempt, so it costs none, but is counted and shown as `job.lease_expired`. Idempotent by token.
 * Rejects when D1 fails or is slow; what was taken all the same is given back before that, if D1 lets us.
 */
export async function claimJobs(
  db: D1Database,
  requests: readonly ClaimRequest[],
  options: ClaimOptions,
): Promise<Map<string, ClaimResult>> {
  const { token, now, attemptMs } = options
  const ids = JSON.stringify(requests)
  const claiming = retryD1(() =>
    db.batch<ReadRow>([
      db.prepare(LOG_EXPIRED).bind(ids, now),
      db.prepare(CLAIM).bind(ids, now, token, attemptMs),
      db.prepare(READ).bind(ids, token),
    ]),
  )
  const jobIds = requests.map(({ jobId }) => jobId)
  const results = await releaseUnlessClaimed(claiming, () => releaseJobs(db, jobIds, token), {
    claimMs: CLAIM_DEADLINE_MS,
    releaseMs: RELEASE_DEADLINE_MS,
  })
  const rows = new Map((results[2]?.results ?? []).map((row) => [row.id, row]))
  return new Map(requests.map(({ jobId }) => [jobId, resultOf(rows.get(jobId))]))
}

function resultOf(row: ReadRow | undefined): ClaimResult {
  if (!row) return { outcome: 'unknown' }
  if (row.ours === 1) return { outcome: 'claimed', job: claimedJob(row) }
  if (row.current === 0 || isFinished(row.state)) return { outcome: 'finished' }
  if (row.state === 'running') return { outcome: 'running' }
  return row.behind === 1 ? { outcome: 'behind' } : { outcome: 'not_due', dueAt: row.dueAt }
}

function claimedJob({ current: _current, ours: _ours, behind: _behind, ...row }: ReadRow): ClaimedJob {
  const { body, bodyEncoding, contentType = null, contentEncoding = null, headers, ...job } = row
  if (typeof body !== 'string' || !bodyEncoding) return { ...job, webhook: null }
  const webhook = {
    body,
    bodyEncoding: bodyEncoding as InboxRow['bodyEncoding'],
    contentType,
    contentEncoding,
    headers: headers ?? '[]',
  }
  return { ...job, webhook }
}
