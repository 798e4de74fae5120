import type { Actor } from '../contracts/audit.ts'
import type { LogEvent } from '../contracts/events.ts'
import type { JobState, Resolution } from '../contracts/jobs.ts'
import { retryD1 } from '../db/retry.ts'
import { callbackEvents, insertCallbacks } from './callback.ts'
import { EVENT_TYPE } from './event-type.ts'
import { errorHash, fingerprintSql } from './fingerprint.ts'
import { type NextJob, wakeNext } from './ordering.ts'
import { type JobEvent, nextState, sqlStates, statesAllowing } from './state-machine.ts'
import { toldInLog } from './told-in-log.ts'

export interface ResolveRequest {
  jobId: string
  /** The generation that the operator looked at. */
  generation: number
  as: Resolution
  /** Takes it away even from a consumer whose lease has not ended. */
  force: boolean
  reason: string
  actor: Actor
  /** Sequence of the audit row that holds the intent. Unique to this request. */
  auditSeq: number
  /** Id for the job that tells the end, where it ends and wants a callback. Unique to this request. */
  callbackId: string
  /** ms since the epoch. */
  now: number
  /** How long messages may take before the sweep sends them, ms. */
  graceMs: number
}

export type ResolveOutcome =
  /** `next` is to be sent: the job itself where it is tried again, its callback, the next of its ordering key. */
  | { outcome: 'resolved'; state: JobState; next: NextJob[] }
  | { outcome: 'not_found' }
  /** A consumer works on it until then, ms. */
  | { outcome: 'leased'; leaseUntil: number }
  /** It has ended, or is in another generation. */
  | { outcome: 'moved'; state: JobState; generation: number }

const EVENTS: Readonly<Record<Resolution, JobEvent>> = {
  retry: 'put_back',
  succeeded: 'confirm',
  dead: 'give_up',
  cancelled: 'withdraw',
}

const ERROR = 'An operator gave the job up.'
/** What is known of an answer that nobody kept. */
const NO_RESULT = '{"status":null,"body":null}'

/** What is not finished. The four resolutions hold for the same states. */
const LIVE = sqlStates(statesAllowing('put_back'))
/** ?1 job, ?2 generation, ?3 now, ?4 force. */
const CONCERNED = `j.id = ?1 AND j.generation = ?2 AND j.state IN (${LIVE})
  AND (?4 OR NOT (j.state = 'running' AND coalesce(j.lease_until, 0) >= ?3))`

/** ?5 the events, of which the first says what it was taken out of; ?6 those of its callback, where it ends. */
const TOLD = `json_set(?5, '$[0].data.from', j.state, '$[0].data.interrupted', json(iif(j.state = 'running', 'true', 'false')))`
const LOG = `INSERT INTO events (at, kind, provider, connector, inbox_id, job_id, trace, events)
  SELECT ?3, 'event', j.provider, j.connector, j.inbox_id, j.id, j.trace, iif(j.callback IS NULL OR ?6 IS NULL, ${TOLD},
    json_insert(${TOLD}, '$[#]', json(?6 -> 0), '$[#]', json(?6 -> 1)))
  FROM jobs AS j WHERE ${CONCERNED}`

/** ?5 the error. */
const BURY = `INSERT OR IGNORE INTO dead_letters (job_id, generation, class, queue, inbox_id, connector, operation, error, attempts,
    died_at, status, provider, event_type, fingerprint)
  SELECT j.id, j.generation, 'platform', j.queue, j.inbox_id, j.connector, j.operation, ?5, j.attempts, ?3, 'open', j.provider,
    ${EVENT_TYPE}, ${fingerprintSql(`'platform'`, 'j.connector', `'${errorHash(ERROR)}'`)}
  FROM jobs AS j WHERE ${CONCERNED}`

/** Without its token no consumer can write what came of it. */
const RELEASED = `token = NULL, lease_until = NULL, resends = 0, log = json_insert(j.log, '$[#]', (SELECT max(seq) FROM events))`

/** It begins its attempts' time anew: what it spent in nobody's hands is not its own. ?5 grace. */
const PUT_BACK = `UPDATE jobs AS j SET state = '${nextState('running', 'put_back')}', due_at = ?3, wake_at = ?3 + ?5, lost_leases = 0,
  first_started_at = NULL, ${RELEASED} WHERE ${CONCERNED}`

/** ?5 state, ?6 error, ?7 result, ?8 id of the callback. */
const END = `UPDATE jobs AS j SET state = ?5, wake_at = NULL, finished_at = ?3, last_error = iif(?5 = 'cancelled', last_error, ?6),
  result = ?7, callback = json_set(j.callback, '$.jobId', ?8), ${RELEASED} WHERE ${CONCERNED}`

/** Ended by this very call. ?4 state. */
const ENDED = `id = ?1 AND generation = ?2 AND state = ?4 AND finished_at = ?3`
/** ?5 its id, ?6 grace. */
const CALLBACK = insertCallbacks({
  from: `(SELECT * FROM jobs WHERE ${ENDED}) AS j WHERE TRUE`,
  id: '?5',
  seq: `j.log ->> '$[#-1]'`,
  trace: 'j.trace',
  now: '?3',
  graceMs: '?6',
})
/** ?5 grace. */
const WAKE_NEXT = wakeNext(`SELECT ordering_key FROM jobs WHERE ${ENDED} AND ordering_key IS NOT NULL`, '?3', '?5')

/** ?2 audit row. */
const READ_BACK = `SELECT j.id, j.state, j.generation, j.queue, j.trace, j.due_at AS dueAt, j.lease_until AS leaseUntil,
  ${toldInLog('job.resolved', '?2')} AS ours FROM jobs AS j WHERE j.id = ?1`

type ReadBack = NextJob & { leaseUntil: number | null; ours: 0 | 1 }

/**
 * Ends what holds a job up, as an operator decides: it is tried again at once, or ends. Job, event, dead letter and callback change in
 * one batch, or nothing does. Whoever held it has lost its token, so that what a late consumer writes matches nothing. Whether
 * this call made the change is read from the event that carries its `auditSeq`. Throws when D1 cannot.
 */
export async function resolveJob(db: D1Database, request: ResolveRequest): Promise<ResolveOutcome> {
  const { jobId, generation, now, force, as, auditSeq, graceMs, callbackId } = request
  const about = [jobId, generation, now, force ? 1 : 0] as const
  const callback = as === 'retry' ? null : JSON.stringify(callbackEvents(jobId, callbackId))
  const results = await retryD1(() =>
    db.batch([
      db.prepare(LOG).bind(...about, JSON.stringify(eventsOf(request)), callback),
      ...changes(db, request, about),
      db.prepare(READ_BACK).bind(jobId, auditSeq),
      ...(as === 'retry'
        ? []
        : [
            db.prepare(CALLBACK).bind(jobId, generation, now, as, callbackId, graceMs),
            db.prepare(WAKE_NEXT).bind(jobId, generation, now, as, graceMs),
          ]),
    ]),
  )
  const at = as === 'dead' ? 3 : 2
  const found = results[at]?.results[0] as ReadBack | undefined
  if (!found) return { outcome: 'not_found' }
  const { ours, leaseUntil, ...job } = found
  if (ours === 1) {
    const following = results.slice(at + 1).flatMap((one) => one.results as NextJob[])
    return { outcome: 'resolved', state: job.state, next: as === 'retry' && job.state === 'queued' ? [job] : following }
  }
  if (job.generation === generation && job.state === 'running' && leaseUntil !== null) return { outcome: 'leased', leaseUntil }
  return { outcome: 'moved', state: job.state, generation: job.generation }
}

function changes(
  db: D1Database,
  { as, graceMs, callbackId }: ResolveRequest,
  about: readonly [string, number, number, number],
): D1PreparedStatement[] {
  if (as === 'retry') return [db.prepare(PUT_BACK).bind(...about, graceMs)]
  const error = as === 'dead' ? ERROR : null
  const end = db
    .prepare(END)
    .bind(...about, nextState('running', EVENTS[as]), error, as === 'succeeded' ? NO_RESULT : null, callbackId)
  return as === 'dead' ? [db.prepare(BURY).bind(...about, error), end] : [end]
}

function eventsOf({ jobId, generation, as, force, reason, actor, auditSeq }: ResolveRequest): LogEvent[] {
  const resolved: LogEvent = { type: 'job.resolved', jobId, data: { as, reason, actor, auditSeq, generation, force } }
  switch (as) {
    case 'retry':
      return [resolved]
    case 'dead':
      return [resolved, { type: 'job.dead', jobId, data: { class: 'platform', error: ERROR, generation } }]
    case 'succeeded':
      return [resolved, { type: 'job.succeeded', jobId, data: { generation } }]
    case 'cancelled':
      return [resolved, { type: 'job.cancelled', jobId, data: { generation } }]
  }
}
