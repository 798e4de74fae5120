import type { DeadLetterRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { EVENT_TYPE } from './event-type.ts'
import { fingerprintOf } from './fingerprint.ts'

export type NoticeOutcome =
  /** The row that the transition wrote is there. */
  | { outcome: 'known' }
  /** The job is dead and its row was missing: written now. */
  | { outcome: 'restored' }
  /** The job is not dead in that generation (any more): replayed in the meantime. */
  | { outcome: 'stale' }
  | { outcome: 'unknown_job' }

/** The class is in the event of the death; `platform` where even that is missing. */
const RESTORE = `INSERT OR IGNORE INTO dead_letters (job_id, generation, class, queue, inbox_id, connector, operation, error, attempts, died_at, status,
  provider, event_type)
  SELECT j.id, j.generation, coalesce((SELECT v.value ->> '$.data.class' FROM json_each(j.log) AS l JOIN events AS e ON e.seq = l.value,
    json_each(e.events) AS v WHERE v.value ->> '$.type' = 'job.dead' AND coalesce(v.value ->> '$.jobId', e.job_id) = j.id
    ORDER BY e.seq DESC LIMIT 1), 'platform'), j.queue, j.inbox_id, j.connector, j.operation, coalesce(j.last_error, 'unknown'),
    j.attempts, coalesce(j.finished_at, ?3), 'open', j.provider, ${EVENT_TYPE}
  FROM jobs AS j WHERE j.id = ?1 AND j.generation = ?2 AND j.state = 'dead'`

/** What SQL cannot make out of the error. Written apart, since a restored row is rare; without it the letter only stands in no group. */
const READ_ERROR = 'SELECT class, connector, error FROM dead_letters WHERE job_id = ?1 AND generation = ?2'
const MARK = 'UPDATE dead_letters SET fingerprint = ?3 WHERE job_id = ?1 AND generation = ?2'

const READ = `SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?1) AS job,
  EXISTS (SELECT 1 FROM dead_letters WHERE job_id = ?1 AND generation = ?2) AS letter`

/** Takes a notice of a death: the dead letter is normally there, since it was written with the transition; else it is written now. */
export async function receiveDeathNotice(
  db: D1Database,
  notice: { jobId: string; generation: number; now: number },
): Promise<NoticeOutcome> {
  const { jobId, generation, now } = notice
  const results = await retryD1(() =>
    db.batch<{ job: 0 | 1; letter: 0 | 1 }>([
      db.prepare(RESTORE).bind(jobId, generation, now),
      db.prepare(READ).bind(jobId, generation),
    ]),
  )
  const found = results[1]?.results[0]
  if (found?.letter === 1) {
    if (results[0]?.meta.changes !== 1) return { outcome: 'known' }
    await mark(db, jobId, generation)
    return { outcome: 'restored' }
  }
  return { outcome: found?.job === 1 ? 'stale' : 'unknown_job' }
}

async function mark(db: D1Database, jobId: string, generation: number): Promise<void> {
  await retryD1(async () => {
    const letter = await db
      .prepare(READ_ERROR)
      .bind(jobId, generation)
      .first<Pick<DeadLetterRow, 'class' | 'connector' | 'error'>>()
    if (!letter) return
    const fingerprint = fingerprintOf(letter.class, letter.connector, letter.error)
    await db.prepare(MARK).bind(jobId, generation, fingerprint).run()
  })
}
