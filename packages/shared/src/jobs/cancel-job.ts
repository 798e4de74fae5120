import type { LogEvent } from '../contracts/events.ts'
import type { JobState } from '../contracts/jobs.ts'
import { retryD1 } from '../db/retry.ts'
import { callbackEvents, insertCallbacks } from './callback.ts'
import { type NextJob, wakeNext } from './ordering.ts'
import { nextState, sqlStates, statesAllowing } from './state-machine.ts'

const CANCELLED = nextState('queued', 'cancel') ?? 'cancelled'

export interface Cancellation {
  jobId: string
  /** Whose job it must be. */
  client: string
  /** Id for the job that tells the end, where it wants a callback. Unique to this request. */
  callbackId: string
  now: number
  /** How long the messages of what follows may take before the sweep sends them, ms. */
  graceMs: number
}

export type CancelOutcome =
  /** By this request or an earlier one; `next` is to be sent. */
  | { kind: 'cancelled'; next: NextJob[] }
  /** It is worked right now, or has ended otherwise. */
  | { kind: 'refused'; state: JobState }
  | { kind: 'not_found' }

/** ?1 job, ?2 client. A running job is with its consumer, whose call cannot be taken back. */
const CANCELLABLE = `j.id = ?1 AND j.client = ?2 AND j.state IN (${sqlStates(statesAllowing('cancel'))})`
/** ?3 now. */
const JUST_CANCELLED = `id = ?1 AND client = ?2 AND state = '${CANCELLED}' AND finished_at = ?3`

/** ?4 the event, ?5 those of its callback. */
const LOG = `INSERT INTO events (at, kind, provider, connector, job_id, trace, events)
SELECT ?3, 'event', j.provider, j.connector, j.id, j.trace, iif(j.callback IS NULL, json_array(json(?4)),
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

const READ = 'SELECT state FROM jobs WHERE id = ?1 AND client = ?2'

/**
 * Cancels a job that waits: job, event and callback in one batch of D1, or nothing. The next job of its ordering key has its
 * turn. A job that was cancelled before stays as it is. Throws when D1 cannot.
 */
export async function cancelJob(db: D1Database, cancellation: Cancellation): Promise<CancelOutcome> {
  const { jobId, client, callbackId, now, graceMs } = cancellation
  const event: LogEvent = { type: 'job.cancelled', jobId, data: { client } }
  const about = [jobId, client, now] as const
  const results = await retryD1(() =>
    db.batch([
      db.prepare(LOG).bind(...about, JSON.stringify(event), JSON.stringify(callbackEvents(jobId, callbackId))),
      db.prepare(CANCEL).bind(...about, callbackId),
      db.prepare(CALLBACK).bind(...about, callbackId, graceMs),
      db.prepare(WAKE_NEXT).bind(...about, graceMs),
      db.prepare(READ).bind(jobId, client),
    ]),
  )
  const state = (results[4]?.results as { state: JobState }[] | undefined)?.[0]?.state
  if (state === undefined) return { kind: 'not_found' }
  if (state !== CANCELLED) return { kind: 'refused', state }
  return { kind: 'cancelled', next: [results[2], results[3]].flatMap((one) => (one?.results ?? []) as NextJob[]) }
}
