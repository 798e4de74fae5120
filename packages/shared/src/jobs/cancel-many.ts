import type { JobState } from '../contracts/jobs.ts'
import type { LogEvent } from '../contracts/events.ts'
import { retryD1 } from '../db/retry.ts'
import { callbackEvents, insertCallbacks } from './callback.ts'
import { inRows, manyData, type ManyOutcome, type ManyRequest } from './many.ts'
import { type NextJob, wakeNext } from './ordering.ts'
import { nextState, sqlStates, statesAllowing } from './state-machine.ts'

const CANCELLED = nextState('queued', 'cancel') ?? 'cancelled'

/** ?1 = jobs, each with the id that its callback would have, and what the log would tell of that. */
const ITEMS = `(SELECT value ->> 0 AS job, value ->> 1 AS callback, value -> 2 AS told FROM json_each(?1)) AS i`
const CANCELLABLE = `j.id = i.job AND j.state IN (${sqlStates(statesAllowing('cancel'))})`
/** ?2 the operation. */
const CANCELLED_HERE = `j.id = i.job AND j.state = '${CANCELLED}' AND j.bulk_id = ?2`

/** ?2 now, ?3 what is told. */
const TOLD = `json_object('type', 'job.cancelled', 'jobId', j.id, 'data', json(?3))`
const LOG = `INSERT INTO events (at, kind, events) SELECT ?2, 'event', json_group_array(json(v.value))
FROM ${ITEMS} CROSS JOIN jobs AS j ON ${CANCELLABLE}
  CROSS JOIN json_each(iif(j.callback IS NULL, json_array(${TOLD}), json_insert(i.told, '$[#]', ${TOLD}))) AS v
HAVING count(*) > 0`

/** ?2 the operation, ?3 now. */
const CANCEL = `UPDATE jobs AS j SET state = '${CANCELLED}', bulk_id = ?2, wake_at = NULL, finished_at = ?3, token = NULL,
  lease_until = NULL, callback = json_set(j.callback, '$.jobId', i.callback),
  log = json_insert(j.log, '$[#]', (SELECT max(seq) FROM events)) FROM ${ITEMS} WHERE ${CANCELLABLE}`

/** ?3 now, ?4 grace. */
const CALLBACKS = insertCallbacks({
  from: `${ITEMS} CROSS JOIN jobs AS j ON ${CANCELLED_HERE} WHERE TRUE`,
  id: 'i.callback',
  seq: `j.log ->> '$[#-1]'`,
  trace: 'j.trace',
  now: '?3',
  graceMs: '?4',
})

/** ?3 now, ?4 grace. */
const WAKE_NEXT = wakeNext(
  `SELECT DISTINCT j.ordering_key FROM ${ITEMS} CROSS JOIN jobs AS j ON ${CANCELLED_HERE} WHERE j.ordering_key IS NOT NULL`,
  '?3',
  '?4',
)

const READ_BACK = `SELECT j.state, coalesce(j.state = '${CANCELLED}' AND j.bulk_id = ?2, 0) AS ours
FROM ${ITEMS} LEFT JOIN jobs AS j ON j.id = i.job`

/**
 * Cancels jobs that wait, whoever made them: jobs, events and callbacks in one batch, or nothing. One that is worked at this
 * moment, or has ended, is skipped. `next` are callbacks, and jobs of ordering keys whose turn has come. Repeating it doubles
 * nothing and counts the same. Throws when D1 cannot.
 */
export async function cancelMany(
  db: D1Database,
  jobs: readonly { id: string; callbackId: string }[],
  request: ManyRequest,
): Promise<ManyOutcome> {
  const { bulkId, now, graceMs } = request
  const items = jobs.map(({ id, callbackId }): [string, string, LogEvent[]] => [id, callbackId, callbackEvents(id, callbackId)])
  const [all, data] = [JSON.stringify(items), manyData(request)]
  const results = await retryD1(() =>
    db.batch([
      ...inRows(items).flatMap((row) => [db.prepare(LOG).bind(row, now, data), db.prepare(CANCEL).bind(row, bulkId, now)]),
      db.prepare(CALLBACKS).bind(all, bulkId, now, graceMs),
      db.prepare(WAKE_NEXT).bind(all, bulkId, now, graceMs),
      db.prepare(READ_BACK).bind(all, bulkId),
    ]),
  )
  const rows = (results.at(-1)?.results ?? []) as { state: JobState | null; ours: 0 | 1 }[]
  const done = rows.filter(({ ours }) => ours === 1).length
  const next = [results.at(-3), results.at(-2)].flatMap((one) => (one?.results ?? []) as NextJob[])
  return { done, skipped: rows.length - done, failed: 0, error: null, next }
}
