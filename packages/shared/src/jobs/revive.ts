import type { LogEvent } from '../contracts/events.ts'
import type { JobMessage, QueueName } from '../contracts/queue.ts'
import type { JobRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { nextGenerationStatements } from './replay.ts'

/** A sender that sends again at once must not keep a broken job busy: it rests this long after each death, ms. */
export const REST_AFTER_DEATH_MS = 60_000
/** Revivals of one job in {@link REVIVAL_WINDOW_MS}; after them only an operator replays it. */
export const MAX_REVIVALS = 3
export const REVIVAL_WINDOW_MS = 86_400_000
/** Jobs of one webhook revived at once; the next redelivery takes the rest. */
const MAX_JOBS = 20

/** Dead jobs of a webhook that a redelivery may revive. ?1 inbox id, ?2 died at or before, ?3 revivals count from, ?4 most of them. */
const SELECT_REVIVABLE = `SELECT j.id, j.generation, j.queue, j.trace FROM jobs AS j
  JOIN dead_letters AS d ON d.job_id = j.id AND d.generation = j.generation AND d.status = 'open' AND d.died_at <= ?2
  WHERE j.inbox_id = ?1 AND j.state = 'dead' AND (
    SELECT count(*) FROM json_each(j.log) AS l JOIN events AS e ON e.seq = l.value, json_each(e.events) AS v
    WHERE v.value ->> '$.type' = 'job.revived' AND e.at > ?3) < ?4
  LIMIT ${MAX_JOBS}`

type Revivable = Pick<JobRow, 'id' | 'generation' | 'queue' | 'trace'>

/**
 * A sender delivered an event again whose jobs lie dead: they go back to work under the next generation, at most three times a
 * day and not within a minute of the death. Guarded by the generation, so that of two redeliveries one revives, and
 * answers the claim checks to send; the sweep sends what the caller cannot. Throws when D1 cannot.
 */
export async function reviveDead(
  db: D1Database,
  inboxId: string,
  { now, graceMs }: { now: number; graceMs: number },
): Promise<{ queue: QueueName; message: JobMessage }[]> {
  const found = await retryD1(() =>
    db
      .prepare(SELECT_REVIVABLE)
      .bind(inboxId, now - REST_AFTER_DEATH_MS, now - REVIVAL_WINDOW_MS, MAX_REVIVALS)
      .all<Revivable>(),
  )
  const dead = found.results
  if (dead.length === 0) return []
  const groups = dead.map(({ id, generation }) => {
    const event: LogEvent = { type: 'job.revived', jobId: id, data: { fromGeneration: generation } }
    return nextGenerationStatements(db, { jobId: id, generation, now, graceMs }, event)
  })
  const results = await retryD1(() => db.batch(groups.flat()))
  let next = 0
  return dead.flatMap(({ id, generation, queue, trace }, n) => {
    const own = results.slice(next, (next += groups[n]?.length ?? 0))
    // Another redelivery was quicker: it sends.
    if (own.every(({ meta }) => meta.changes === 0)) return []
    return { queue, message: { kind: 'job' as const, jobId: id, generation: generation + 1, trace } }
  })
}
