import type { Actor } from '../contracts/audit.ts'
import type { LogEvent } from '../contracts/events.ts'
import type { JobState } from '../contracts/jobs.ts'
import { retryD1 } from '../db/retry.ts'
import { callbackEvents, insertCallbacks } from './callback.ts'
import { type NextJob, wakeNext } from './ordering.ts'
import { nextState, sqlStates, statesAllowing } from './state-machine.ts'
import { toldInLog } from './told-in-log.ts'

const CANCELLED = nextState('queued', 'cancel') ?? 'cancelled'

export interface Cancellation {
  jobId: string
  /** Whose job it must be; null: anybody's. */
  client: string | null
  /** The operator who does it; left out where the client does. */
  by?: { reason: string; actor: Actor; auditSeq: number }
  /** Id for the job that tells the end, where it wants a callback. Unique to this request. */
  callbackId: string
  now: number
  /** How long the messages of what follows may take before the sweep sends them, ms. */
  graceMs: number
}

export type CancelOutcome =
  /** By this request or an earlier one; `next` is to be sent. `told`: the log has it under this `auditSeq`. */
  | { kind: 'cancelled'; next: NextJob[]; told: boolean }
  /** It is worked right now, or has ended otherwise. */
  | { kind: 'refused'; state: JobState }
  | { kind: 'not_found' }

/** ?1 job, ?2 client or null. */
const THE_JOB = `j.id = ?1 AND (?2 IS NULL OR j.client = ?2)`
/** A running job is with its consumer, whose call cannot be taken back. */
const CANCELLABLE = `${THE_JOB} AND j.state IN (${sqlStates(statesAllowing('cancel'))})`
/** ?3 now. */
const JUST_CANCELLED = `id = ?1 AND (?2 IS NULL OR client = ?2) AND state = '${CANCELLED}' AND finished_at = ?3`

/** ?4 the event, ?5 those of its callback. */
const LOG = `INSERT INTO events (at, kind, provider, connector, inbox_id, job_id, trace, events)
SELECT ?3, 'event', j.provider, j.connector, j.inbox_id, j.id, j.trace, iif(j.callback IS NULL, json_array(json(?4)),
  json_array(json(?4), json(?5 -> 0), json(?5 -> 1))) FROM jobs AS j WHERE ${CANCELLABLE}`

/** ?4 id of the callback. */
const CANCEL = `UPDATE jobs AS j SET state = '${CANCELLED}', wake_at = NULL, finished_at = ?3, token = NULL, lease_until = NULL,
  callback = json_set(j.callback, '$.jobId', ?4), log = json_insert(j.log, '$[#]', (SELECT max(seq) FROM events))
WHERE ${CANCELLABLE}`

/** ?4 its id, ?5 grace. */
const CALLBACK = insertCallbacks({
  from: `(SELECT * FROM jobs WHERE ${JUST_CANCELLED}) AS j WHERE TRUE`,
  id: '?4',
  seq: `j.log ->> '$[#-1]'`,
  trace: 'j.trace',
  now: '?3',
  graceMs: '?5',
})

/** ?4 grace. */
const WAKE_NEXT = wakeNext(`SELECT ordering_key FROM jobs WHERE ${JUST_CANCELLED} AND ordering_key IS NOT NULL`, '?3', '?4')

/** ?3 audit row. */
const READ = `SELECT j.state, ${toldInLog('job.cancelled', '?3')} AS told FROM jobs AS j WHERE ${THE_JOB}`

/**
 * Cancels a job that waits: job, event and callback in one batch of D1, or nothing. The next job of its ordering key has its
 * turn. A job that was cancelled before stays as it is. Throws when D1 cannot.
 */
export async function cancelJob(db: D1Database, cancellation: Cancellation): Promise<CancelOutcome> {
  const { jobId, client, by, callbackId, now, graceMs } = cancellation
  const event: LogEvent = { type: 'job.cancelled', jobId, data: by ?? { client } }
  const about = [jobId, client, now] as const
  const results = await retryD1(() =>
    db.batch([
      db.prepare(LOG).bind(...about, JSON.stringify(event), JSON.stringify(callbackEvents(jobId, callbackId))),
      db.prepare(CANCEL).bind(...about, callbackId),
      db.prepare(CALLBACK).bind(...about, callbackId, graceMs),
      db.prepare(WAKE_NEXT).bind(...about, graceMs),
      db.prepare(READ).bind(jobId, client, by?.auditSeq ?? null),
    ]),
  )
  const found = (results[4]?.results as { state: JobState; told: 0 | 1 }[] | undefined)?.[0]
  if (!found) return { kind: 'not_found' }
  if (found.state !== CANCELLED) return { kind: 'refused', state: found.state }
  return {
    kind: 'cancelled',
    told: found.told === 1,
    next: [results[2], results[3]].flatMap((one) => (one?.results ?? []) as NextJob[]),
  }
}
