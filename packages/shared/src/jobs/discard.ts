import type { Actor } from '../contracts/audit.ts'
import type { LogEvent } from '../contracts/events.ts'
import type { DeadLetterRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { type NextJob, wakeNext } from './ordering.ts'
import { toldInLog } from './told-in-log.ts'

export interface DiscardRequest {
  jobId: string
  /** The generation that died. */
  generation: number
  reason: string
  actor: Actor
  /** Sequence of the audit row that holds the intent. Unique to this discard. */
  auditSeq: number
  /** ms since the epoch. */
  now: number
  /** How long the message of a job whose turn has come may take before the sweep sends it, ms. */
  graceMs: number
}

export type DiscardOutcome =
  /** `next`: the job that it kept waiting, to be sent. */
  | { outcome: 'discarded'; next: NextJob[] }
  | { outcome: 'not_found' }
  | { outcome: 'already_closed'; status: DeadLetterRow['status'] }

/** ?1 job, ?2 generation. */
const OPEN = `SELECT 1 FROM dead_letters AS d WHERE d.job_id = ?1 AND d.generation = ?2 AND d.status = 'open'`

/** A dead letter may hold a message without a job. ?3 now, ?4 events. */
const INSERT_EVENT = `INSERT INTO events (seq, at, kind, provider, connector, inbox_id, job_id, trace, events)
  SELECT (SELECT coalesce(max(seq), 0) FROM events) + 1, ?3, 'event', j.provider, d.connector, d.inbox_id, d.job_id, j.trace, ?4
  FROM dead_letters AS d LEFT JOIN jobs AS j ON j.id = d.job_id
  WHERE d.job_id = ?1 AND d.generation = ?2 AND d.status = 'open'`

/** It blocks its ordering key no more. The newest row of the log is this batch's own. */
const RELEASE_KEY = `UPDATE jobs SET log = json_insert(log, '$[#]', (SELECT max(seq) FROM events)),
  on_death = iif(state = 'dead' AND generation = ?2 AND on_death = 'block', 'release', on_death)
  WHERE id = ?1 AND EXISTS (${OPEN})`

const CLOSE = `UPDATE dead_letters SET status = 'discarded', closed_at = ?3
  WHERE job_id = ?1 AND generation = ?2 AND status = 'open'`

/** ?5 grace, ?4 audit row. Repeated, it finds the same job, or one that is not behind any other. */
const WAKE_NEXT = wakeNext(
  `SELECT j.ordering_key FROM jobs AS j WHERE j.id = ?1 AND j.generation = ?2 AND j.state = 'dead'
  AND j.on_death = 'release' AND j.ordering_key IS NOT NULL AND ${toldInLog('dead_letter.discarded', '?4')}`,
  '?3',
  '?5',
)

/** Where there is no job, the time of this very call stands for it. ?3 now, ?4 audit row. */
const READ_BACK = `SELECT d.status, iif(j.id IS NULL, d.status = 'discarded' AND d.closed_at = ?3, ${toldInLog('dead_letter.discarded', '?4')}) AS ours
  FROM dead_letters AS d LEFT JOIN jobs AS j ON j.id = d.job_id WHERE d.job_id = ?1 AND d.generation = ?2`

interface ReadBack extends Pick<DeadLetterRow, 'status'> {
  ours: 0 | 1
}

/**
 * Gives a dead job up for good: its dead letter is closed, so that neither people nor redeliveries bring it back, and where it
 * blocked its ordering key the next job has its turn. One batch, or nothing. Whether the change was made by this call is read
 * from the event that carries its `auditSeq`, which also holds when an answer of D1 was lost. Sending `next` is the caller's.
 */
export async function discardJob(db: D1Database, request: DiscardRequest): Promise<DiscardOutcome> {
  const { jobId, generation, now, auditSeq, graceMs } = request
  const event: LogEvent = {
    type: 'dead_letter.discarded',
    jobId,
    data: { reason: request.reason, actor: request.actor, auditSeq, generation },
  }
  const results = await retryD1(() =>
    db.batch([
      db.prepare(INSERT_EVENT).bind(jobId, generation, now, JSON.stringify([event])),
      db.prepare(RELEASE_KEY).bind(jobId, generation),
      db.prepare(CLOSE).bind(jobId, generation, now),
      db.prepare(WAKE_NEXT).bind(jobId, generation, now, auditSeq, graceMs),
      db.prepare(READ_BACK).bind(jobId, generation, now, auditSeq),
    ]),
  )
  const found = results[4]?.results[0] as ReadBack | undefined
  if (!found) return { outcome: 'not_found' }
  if (found.ours === 1) return { outcome: 'discarded', next: (results[3]?.results ?? []) as NextJob[] }
  return { outcome: 'already_closed', status: found.status }
}
