/**
 * What to do with a job message that the platform itself moved to a dead-letter queue: the consumer failed on it a hundred
 * times, which says something about the consumer and nothing about the job. So a live job is only shown to the sweep, and
 * the fifth time it is put aside as dead, class `platform`, for a person to look at.
 */
import type { LogEvent } from '../contracts/events.ts'
import type { JobState } from '../contracts/jobs.ts'
import type { DeadLetterRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { callbackEvents, insertCallbacks } from './callback.ts'
import { EVENT_TYPE } from './event-type.ts'
import { errorHash, fingerprintOf, fingerprintSql } from './fingerprint.ts'
import { wakeNext } from './ordering.ts'
import { sqlStates, statesAllowing } from './state-machine.ts'

/** The native death that ends a generation. */
export const MAX_NATIVE_DEATHS = 5

/** Whatever is not finished. */
const LIVE = sqlStates(statesAllowing('abandon'))

const ERROR = `The queue gave this job's message up ${MAX_NATIVE_DEATHS} times: its consumer kept failing.`

export interface NativeDeath {
  jobId: string
  generation: number
  /** ms since the epoch. */
  now: number
  /** Id for the job that tells the end, where it ends and wants a callback. */
  callbackId: string
}

export type NativeDeathOutcome =
  | { outcome: 'woken'; nativeDeaths: number }
  | { outcome: 'died' }
  /** The message is about a job that is finished, or about an earlier generation. */
  | { outcome: 'stale' }
  | { outcome: 'unknown_job' }

/** The job the message is about, alive in that generation. ?1 job, ?2 generation. */
const CONCERNED = `j.id = ?1 AND j.generation = ?2 AND j.state IN (${LIVE})`
/** Worked on at this moment: it is never killed then. ?3 now. */
const LEASED = `(j.state = 'running' AND j.lease_until >= ?3)`
const FATAL = `${CONCERNED} AND j.native_deaths >= ${MAX_NATIVE_DEATHS - 1} AND NOT ${LEASED}`
const HARMLESS = `${CONCERNED} AND (j.native_deaths < ${MAX_NATIVE_DEATHS - 1} OR ${LEASED})`

const insertEvent = (condition: string, events: string): string =>
  `INSERT INTO events (seq, at, kind, provider, connector, inbox_id, job_id, trace, events)
  SELECT (SELECT coalesce(max(seq), 0) FROM events) + 1, ?3, 'event', j.provider, j.connector, j.inbox_id, j.id, j.trace, ${events}
  FROM jobs AS j WHERE ${condition}`

const appendLog = `log = json_insert(log, '$[#]', (SELECT max(seq) FROM events))`

const WAKE = [
  insertEvent(
    HARMLESS,
    `json_array(json_object('type', 'dead_letter.received', 'jobId', j.id, 'data', json_object('nativeDeaths', j.native_deaths + 1)))`,
  ),
  `UPDATE jobs AS j SET wake_at = ?3, native_deaths = native_deaths + 1, ${appendLog} WHERE ${HARMLESS}`,
]

/** A lease that ran out hides what came of its attempt, and nobody will take it over now. ?4 the event of the death. */
const LAST_EVENTS = `iif(j.state = 'running', json_array(json_object('type', 'job.lease_expired', 'jobId', j.id,
  'data', json_object('lostLeases', j.lost_leases + 1, 'generation', j.generation)), json(?4)), json_array(json(?4)))`

/** ?5 the events of its callback. */
const ALL_EVENTS = `iif(j.callback IS NULL, ${LAST_EVENTS},
  json_insert(${LAST_EVENTS}, '$[#]', json(?5 -> 0), '$[#]', json(?5 -> 1)))`

const KILL_EVENT = insertEvent(FATAL, ALL_EVENTS)
/** ?4 the error. */
const BURY = `INSERT OR IGNORE INTO dead_letters (job_id, generation, class, queue, inbox_id, connector, operation, error, attempts, died_at, status,
  provider, event_type, fingerprint)
  SELECT j.id, j.generation, 'platform', j.queue, j.inbox_id, j.connector, j.operation, ?4, j.attempts, ?3, 'open',
  j.provider, ${EVENT_TYPE}, ${fingerprintSql(`'platform'`, 'j.connector', `'${errorHash(ERROR)}'`)}
  FROM jobs AS j WHERE ${FATAL}`
/** ?5 the id of its callback. */
const KILL = `UPDATE jobs AS j SET state = 'dead', wake_at = NULL, finished_at = ?3, token = NULL, lease_until = NULL,
  native_deaths = native_deaths + 1, lost_leases = lost_leases + (state = 'running'), last_error = ?4,
  callback = json_set(j.callback, '$.jobId', ?5), ${appendLog} WHERE ${FATAL}`

const KILLED = `id = ?1 AND generation = ?2 AND state = 'dead' AND finished_at = ?3`

/** The sweep brings it. ?4 its id. */
const CALLBACK = insertCallbacks({
  from: `(SELECT * FROM jobs WHERE ${KILLED}) AS j WHERE TRUE`,
  id: '?4',
  seq: '(SELECT max(seq) FROM events)',
  trace: 'j.trace',
  now: '?3',
  graceMs: '0',
})

/** A job of the same ordering key has its turn; the sweep brings it. */
const WAKE_NEXT = wakeNext(`SELECT ordering_key FROM jobs WHERE ${KILLED}`, '?3', '0')

const READ = 'SELECT state, generation, native_deaths AS nativeDeaths FROM jobs WHERE id = ?'

/**
 * Records one native death. A transient error of D1 may hide a commit and count it twice; so does the queue, which delivers
 * at least once. Both only bring the sweep or a person in sooner.
 */
export async function recordNativeDeath(db: D1Database, death: NativeDeath): Promise<NativeDeathOutcome> {
  const { jobId, generation, now, callbackId } = death
  const event: LogEvent = { type: 'job.dead', jobId, data: { class: 'platform', error: ERROR, generation } }
  const about = [jobId, generation, now] as const
  const results = await retryD1(() =>
    db.batch<{ state: JobState; generation: number; nativeDeaths: number }>([
      db.prepare(KILL_EVENT).bind(...about, JSON.stringify(event), JSON.stringify(callbackEvents(jobId, callbackId))),
      db.prepare(BURY).bind(...about, ERROR),
      db.prepare(KILL).bind(...about, ERROR, callbackId),
      db.prepare(CALLBACK).bind(...about, callbackId),
      ...WAKE.map((sql) => db.prepare(sql).bind(...about)),
      db.prepare(READ).bind(jobId),
      db.prepare(WAKE_NEXT).bind(...about),
    ]),
  )
  const job = results[6]?.results[0]
  if (!job) return { outcome: 'unknown_job' }
  if (results[2]?.meta.changes === 1) return { outcome: 'died' }
  return results[5]?.meta.changes === 1 ? { outcome: 'woken', nativeDeaths: job.nativeDeaths } : { outcome: 'stale' }
}

export interface OrphanMessage {
  /** A well-formed job id, or a minted `msg_…` id. */
  id: string
  generation: number
  queue: DeadLetterRow['queue']
  error: string
  /** JSON of the message. */
  message: string
  now: number
}

/** Keeps a message that no job stands behind: a dead letter, class `poison`, that holds it. The same id again changes nothing. */
export async function keepOrphanMessage(db: D1Database, orphan: OrphanMessage): Promise<void> {
  const { id, generation, queue, error, now, message } = orphan
  await retryD1(() =>
    db
      .prepare(
        `INSERT OR IGNORE INTO dead_letters (job_id, generation, class, queue, error, attempts, died_at, status, message, fingerprint)
        VALUES (?, ?, 'poison', ?, ?, 0, ?, 'open', ?, ?)`,
      )
      .bind(id, generation, queue, error, now, message, fingerprintOf('poison', null, error))
      .run(),
  )
}
