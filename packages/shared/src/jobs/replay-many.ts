import type { DeadLetterRow, JobRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { inRows, manyData, type ManyOutcome, type ManyRequest } from './many.ts'
import { backToWork } from './next-generation.ts'
import { placeAfterDeath } from './ordering.ts'
import { sqlStates, statesAllowing } from './state-machine.ts'

/** A dead letter: its job, and the generation that died. */
export type DeadLetterKey = readonly [jobId: string, generation: number]

export interface ReplayManyRequest extends ManyRequest {
  /** The configuration that they go on under; null: the one that each of them pinned. */
  configRevision: number | null
  /** Whether the upstream sees another idempotency key than before. */
  newKey: boolean
}

/** ?1 = keys. */
export const DEAD_LETTER_KEYS = `(SELECT value ->> 0 AS job, value ->> 1 AS gen FROM json_each(?1)) AS i`

/** The dead letter is open and its job still lies dead in the generation that it is about. */
const REPLAYABLE = `j.id = i.job AND j.generation = i.gen AND j.state IN (${sqlStates(statesAllowing('replay'))}) AND EXISTS (
  SELECT 1 FROM dead_letters AS d WHERE d.job_id = i.job AND d.generation = i.gen AND d.status = 'open')`

/** ?2 now, ?3 what is told. */
const LOG = `INSERT INTO events (at, kind, events)
SELECT ?2, 'event', json_group_array(json_object('type', 'job.replayed', 'jobId', j.id,
  'data', json_set(?3, '$.fromGeneration', j.generation)))
FROM ${DEAD_LETTER_KEYS} CROSS JOIN jobs AS j ON ${REPLAYABLE} HAVING count(*) > 0`

/** Jobs of one key that left their line keep their order among themselves. ?3 grace, ?4 operation, ?5 revision, ?6 new key. */
const REVIVE = `UPDATE jobs AS j SET ${backToWork('?2', '?3')}, bulk_id = ?4,
  config_revision = coalesce(?5, config_revision), key_generation = iif(?6, generation + 1, key_generation),
  ${placeAfterDeath('r.place')}, log = json_insert(log, '$[#]', (SELECT max(seq) FROM events))
FROM (SELECT j.id AS job, row_number() OVER (ORDER BY j.n) - 1 AS place
  FROM ${DEAD_LETTER_KEYS} CROSS JOIN jobs AS j ON ${REPLAYABLE}) AS r WHERE j.id = r.job`

/** Only after the revival: then the job is queued one generation on, which no other statement of the system brings about. */
const CLOSE = `UPDATE dead_letters AS d SET status = 'replayed', closed_at = ?2
WHERE (d.job_id, d.generation) IN (SELECT i.job, i.gen FROM ${DEAD_LETTER_KEYS}) AND d.status = 'open'
  AND EXISTS (SELECT 1 FROM jobs AS j WHERE j.id = d.job_id AND j.generation = d.generation + 1 AND j.state = 'queued')`

/** ?2 operation. It takes a job once at the most, so that a later generation under its id is its own doing. */
const READ_BACK = `SELECT d.status, j.id, j.generation, j.queue, j.trace, j.state, j.due_at AS dueAt, j.generation = i.gen + 1 AS next,
  coalesce(j.bulk_id = ?2 AND j.generation > i.gen, 0) AS ours
FROM ${DEAD_LETTER_KEYS} LEFT JOIN dead_letters AS d ON d.job_id = i.job AND d.generation = i.gen
  LEFT JOIN jobs AS j ON j.id = i.job`

type ReadBack = Pick<JobRow, 'generation' | 'queue' | 'trace' | 'state' | 'dueAt'> & {
  status: DeadLetterRow['status'] | null
  id: string | null
  next: 0 | 1
  ours: 0 | 1
}

/**
 * Puts dead jobs back to work under their next generation: jobs, events and dead letters of all of them change in one batch, or
 * nothing does. Those that others took meanwhile are left alone. Repeating it doubles nothing and answers the same; it then has
 * those sent again that nobody took up yet. Throws when D1 cannot.
 */
export async function replayMany(
  db: D1Database,
  keys: readonly DeadLetterKey[],
  request: ReplayManyRequest,
): Promise<ManyOutcome> {
  const { bulkId, now, graceMs, configRevision, newKey } = request
  const data = manyData(request)
  const results = await retryD1(() =>
    db.batch<ReadBack>([
      ...inRows(keys).flatMap((row) => [
        db.prepare(LOG).bind(row, now, data),
        db.prepare(REVIVE).bind(row, now, graceMs, bulkId, configRevision, newKey ? 1 : 0),
        db.prepare(CLOSE).bind(row, now),
      ]),
      db.prepare(READ_BACK).bind(JSON.stringify(keys), bulkId),
    ]),
  )
  return outcomeOf(results.at(-1)?.results ?? [])
}

function outcomeOf(rows: readonly ReadBack[]): ManyOutcome {
  const ours = rows.filter((row) => row.ours === 1)
  const jobless = rows.filter((row) => row.id === null && row.status === 'open')
  return {
    done: ours.length,
    skipped: rows.length - ours.length - jobless.length,
    failed: jobless.length,
    error: jobless.length > 0 ? 'No job stands behind the dead letter: it only holds a message.' : null,
    next: ours.flatMap(({ id, generation, queue, trace, state, dueAt, next }) =>
      id !== null && next === 1 && state === 'queued' ? [{ id, generation, queue, trace, state, dueAt }] : [],
    ),
  }
}
