import type { Pause } from '../contracts/config.ts'
import { QUEUE_NAMES } from '../contracts/queue.ts'
import type { JobRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { MAX_BEHIND_STEP_MS, MAX_RESEND_STEP_MS, MAX_SWEPT } from './constants.ts'
import { BEHIND } from './ordering.ts'
import { concerns } from './pauses.ts'
import { CLAIMABLE_STATES, sqlStates } from './state-machine.ts'

/** A job whose message is to be sent (again). */
export type SweptJob = Pick<JobRow, 'id' | 'generation' | 'queue' | 'trace'>

export interface SweepOptions {
  now: number
  /** `settings.resendGraceMs`. */
  graceMs: number
  /** All that are in force (`effectivePauses`). */
  pauses: readonly Pause[]
}

/** Under a minute of grace, as in development, somebody is watching: the steps start at the grace itself, else at 5 minutes. */
const FIRST_STEP_MS = 300_000
const IMPATIENT_BELOW_MS = 60_000

/** How long after a re-send the sweep looks at a job again, ms: doubles with each, up to an hour. `resends` counts from 0. */
export function resendStep(graceMs: number, resends: number): number {
  const first = graceMs < IMPATIENT_BELOW_MS ? graceMs : Math.max(graceMs, FIRST_STEP_MS)
  return Math.min(MAX_RESEND_STEP_MS, first * 2 ** Math.min(resends, 20))
}

/**
 * How long after a look at a job that waits for another one the sweep looks again, ms. Whatever ends the other one is quicker; and
 * a dead one may keep tens of thousands waiting for days, while a run looks at so many only. So an eighth of what it has waited.
 */
export function behindStep(waitedMs: number): number {
  return Math.min(MAX_BEHIND_STEP_MS, Math.max(MAX_RESEND_STEP_MS, Math.floor(waitedMs / 8)))
}

type Candidate = SweptJob &
  Pick<JobRow, 'state' | 'dueAt' | 'wakeAt' | 'resends' | 'leaseUntil' | 'connector' | 'provider' | 'createdAt'> & {
    wakeAt: number
    behind: 0 | 1
  }

/** Finished jobs have no `wake_at`. */
const FIND = `SELECT id, generation, queue, trace, state, due_at AS dueAt, wake_at AS wakeAt, resends, lease_until AS leaseUntil, connector, provider,
  created_at AS createdAt, ${BEHIND} AS behind FROM jobs AS j WHERE queue = ?1 AND wake_at <= ?2 ORDER BY wake_at LIMIT ${MAX_SWEPT}`

/** ?1 = moves. Whoever finished, cancelled or replayed the job meanwhile has moved `wake_at`, and wins. */
const MOVES = `(SELECT value ->> '$.id' AS id, value ->> '$.was' AS was, value ->> '$.wakeAt' AS wake_at,
  value ->> '$.resent' AS resent FROM json_each(?1)) AS m`
const UNMOVED = `j.id = m.id AND j.wake_at = m.was AND j.state IN (${sqlStates([...CLAIMABLE_STATES, 'running'])})`

/** One row for everything sent again. ?2 = now. */
const LOG = `INSERT INTO events (at, kind, events)
SELECT ?2, 'event', json_group_array(json_object('type', 'job.resent', 'jobId', j.id, 'data',
  json_object('state', j.state, 'resends', j.resends + 1, 'generation', j.generation)))
FROM ${MOVES} CROSS JOIN jobs AS j ON ${UNMOVED} WHERE m.resent = 1 HAVING count(*) > 0`

const MOVE = `UPDATE jobs AS j SET wake_at = m.wake_at, resends = j.resends + m.resent,
  log = iif(m.resent = 1, json_insert(j.log, '$[#]', (SELECT max(seq) FROM events)), j.log)
FROM ${MOVES} WHERE ${UNMOVED} RETURNING id`

/**
 * Looks at the jobs of one shard whose time to be looked at has come: never queued, lost by the queue, lease run out, held and
 * resumed. Moves that time on and answers what to send; if sending fails, it comes up again by itself. A job that is being
 * worked, or is still held, is only moved on.
 */
export async function sweepShard(db: D1Database, options: SweepOptions): Promise<SweptJob[]> {
  const { now } = options
  const found = await retryD1(() => db.batch<Candidate>(QUEUE_NAMES.map((queue) => db.prepare(FIND).bind(queue, now))))
  const moves = found.flatMap(({ results }) => results.map((job) => ({ job, ...decideMove(job, options) })))
  if (moves.length === 0) return []
  const json = JSON.stringify(
    moves.map(({ job, wakeAt, resent }) => ({ id: job.id, was: job.wakeAt, wakeAt, resent: resent ? 1 : 0 })),
  )
  const results = await retryD1(() => db.batch<{ id: string }>([db.prepare(LOG).bind(json, now), db.prepare(MOVE).bind(json)]))
  const moved = new Set(results[1]?.results.map((row) => row.id))
  return moves
    .filter(({ job, resent }) => resent && moved.has(job.id))
    .map(({ job: { id, generation, queue, trace } }) => ({ id, generation, queue, trace }))
}

function decideMove(job: Candidate, { now, graceMs, pauses }: SweepOptions): { wakeAt: number; resent: boolean } {
  if (job.state === 'running' && job.leaseUntil !== null && job.leaseUntil >= now) {
    return { wakeAt: job.leaseUntil + 1, resent: false }
  }
  // Not its turn: whatever ends the job before it moves this time on again.
  if (job.behind === 1) return { wakeAt: now + behindStep(now - job.createdAt), resent: false }
  // Seldom, since thousands may be held for days, and a run looks at so many only.
  if (job.state === 'held' && pauses.some((pause) => concerns(pause, job))) {
    return { wakeAt: now + resendStep(graceMs, 0), resent: false }
  }
  const wakeAt = now + resendStep(graceMs, job.resends)
  // Woken before its time: the consumer drops that message, so the next one must not come long after that time.
  return { wakeAt: job.dueAt > now ? Math.min(wakeAt, job.dueAt + graceMs) : wakeAt, resent: true }
}
