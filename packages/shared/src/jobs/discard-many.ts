import type { DeadLetterRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { inRows, manyData, type ManyOutcome, type ManyRequest } from './many.ts'
import { type NextJob, wakeNext } from './ordering.ts'
import { DEAD_LETTER_KEYS, type DeadLetterKey } from './replay-many.ts'

export interface DiscardManyRequest extends ManyRequest {
  /** When the operation began, ms: what is left of a dead letter without a job to know it by. */
  startedAt: number
}

const OPEN = `d.job_id = i.job AND d.generation = i.gen AND d.status = 'open'`

/** ?2 now, ?3 what is told. */
const LOG = `INSERT INTO events (at, kind, events)
SELECT ?2, 'event', json_group_array(json_object('type', 'dead_letter.discarded', 'jobId', d.job_id,
  'data', json_set(?3, '$.generation', d.generation)))
FROM ${DEAD_LETTER_KEYS} CROSS JOIN dead_letters AS d ON ${OPEN} HAVING count(*) > 0`

/** They block their ordering keys no more. The newest row of the log is this batch's own. ?2 operation. */
const RELEASE = `UPDATE jobs AS j SET bulk_id = ?2, log = json_insert(log, '$[#]', (SELECT max(seq) FROM events)),
  on_death = iif(state = 'dead' AND generation = r.gen AND on_death = 'block', 'release', on_death)
FROM (SELECT i.job AS job, max(i.gen) AS gen FROM ${DEAD_LETTER_KEYS} CROSS JOIN dead_letters AS d ON ${OPEN} GROUP BY i.job) AS r
WHERE j.id = r.job`

/** ?2 now. */
const CLOSE = `UPDATE dead_letters AS d SET status = 'discarded', closed_at = ?2
WHERE (d.job_id, d.generation) IN (SELECT i.job, i.gen FROM ${DEAD_LETTER_KEYS}) AND d.status = 'open'`

/** ?2 operation, ?3 now, ?4 grace. Repeated, it finds the same jobs, or ones that are not behind any other. */
const WAKE_NEXT = wakeNext(
  `SELECT DISTINCT j.ordering_key FROM ${DEAD_LETTER_KEYS} CROSS JOIN jobs AS j ON j.id = i.job AND j.generation = i.gen
  WHERE j.bulk_id = ?2 AND j.state = 'dead' AND j.on_death = 'release' AND j.ordering_key IS NOT NULL`,
  '?3',
  '?4',
)

/** ?2 operation, ?3 when it began. */
const READ_BACK = `SELECT d.status, coalesce(d.status = 'discarded' AND iif(j.id IS NULL, d.closed_at >= ?3, j.bulk_id = ?2), 0) AS ours
FROM ${DEAD_LETTER_KEYS} LEFT JOIN dead_letters AS d ON d.job_id = i.job AND d.generation = i.gen
  LEFT JOIN jobs AS j ON j.id = i.job`

/**
 * Gives dead jobs up for good, as `discardJob` does with one: all of them in one batch, or none. Repeating it doubles nothing and
 * counts the same. `next` are the jobs that they kept waiting. Throws when D1 cannot.
 */
export async function discardMany(
  db: D1Database,
  keys: readonly DeadLetterKey[],
  request: DiscardManyRequest,
): Promise<ManyOutcome> {
  const { bulkId, now, graceMs, startedAt } = request
  const [all, data] = [JSON.stringify(keys), manyData(request)]
  const results = await retryD1(() =>
    db.batch([
      ...inRows(keys).flatMap((row) => [
        db.prepare(LOG).bind(row, now, data),
        db.prepare(RELEASE).bind(row, bulkId),
        db.prepare(CLOSE).bind(row, now),
      ]),
      db.prepare(WAKE_NEXT).bind(all, bulkId, now, graceMs),
      db.prepare(READ_BACK).bind(all, bulkId, startedAt),
    ]),
  )
  const rows = (results.at(-1)?.results ?? []) as { status: DeadLetterRow['status'] | null; ours: 0 | 1 }[]
  const done = rows.filter(({ ours }) => ours === 1).length
  return { done, skipped: rows.length - done, failed: 0, error: null, next: (results.at(-2)?.results ?? []) as NextJob[] }
}
