/**
 * Jobs with the same ordering key run one after another, in the order of `n`. Only the first in line may be claimed; it stays in
 * line until it succeeds, dies or is cancelled, through all its retries. One that blocks its key (`on_death`) stays in line
 * dead, too, until an operator replays it, discards it or releases the key. Those behind wait without a message, and the sweep
 * leaves them alone: whatever ends a job wakes the next one. `n` is handed out when a job is written, and anew when one is
 * replayed that had left the line: it queues up behind those that came meanwhile, so that no two of a key ever run at the same
 * time.
 */
import type { JobRow } from '../db/data-schema.ts'
import { CLAIMABLE_STATES, sqlStates } from './state-machine.ts'

/** A batch has one row in the log; `n` is its sequence times this, plus the place in the batch. */
export const PLACES_PER_BATCH = 4_096

/** Holds its place in its key's line: live, or dead and blocking it. Word for word the condition of the index `jobs_order`. */
const IN_LINE = `(o.wake_at IS NOT NULL OR (o.state = 'dead' AND o.on_death = 'block'))`

/** Those of a key that hold their place, as `o`; the index `jobs_order` leads to them. `key` is SQL. */
export const inLine = (key: string): string => `o.ordering_key = ${key} AND o.ordering_key IS NOT NULL AND ${IN_LINE}`

/** Another job of the key of `j` comes first. The index `jobs_order` holds such jobs only, and no job without a key. */
export const BEHIND = `(j.ordering_key IS NOT NULL AND EXISTS (SELECT 1 FROM jobs AS o
  WHERE ${inLine('j.ordering_key')} AND o.n < j.n))`

/** The job that `j` waits for, as JSON `{id, status}`: the first in line, where that is another one; null where `j` waits for none. */
export const AHEAD = `(SELECT json_object('id', o.id, 'status', o.state) FROM jobs AS o
  WHERE j.wake_at IS NOT NULL AND ${inLine('j.ordering_key')} AND o.n < j.n
  ORDER BY o.n LIMIT 1)`

/**
 * The place of a dead job that goes back to work: its own where it held it, since nobody went past it; else the end of its key's
 * line. The newest row of the log is this batch's own; where that row tells of several jobs, `offset` (SQL) keeps them apart.
 */
export const placeAfterDeath = (
  offset = '0',
): string => `n = CASE WHEN ordering_key IS NULL THEN NULL WHEN on_death = 'block' THEN n
  ELSE (SELECT max(seq) FROM events) * ${PLACES_PER_BATCH} + ${offset} END`

/** A job whose turn has come. */
export type NextJob = Pick<JobRow, 'id' | 'generation' | 'queue' | 'trace' | 'state' | 'dueAt'>

/**
 * Shows the sweep the jobs whose turn has come: the first in line of each key. `keys` selects them as `ordering_key`,
 * `now` and `graceMs` are SQL. A job that is worked already is left alone, and where a dead one blocks its key nobody's turn
 * has come. Answers them.
 */
export function wakeNext(keys: string, now: string, graceMs: string): string {
  return `UPDATE jobs AS j SET wake_at = max(j.due_at, ${now}) + ${graceMs}
WHERE j.state IN (${sqlStates(CLAIMABLE_STATES)}) AND j.id IN (SELECT (SELECT o.id FROM jobs AS o
  WHERE ${inLine('k.ordering_key')} ORDER BY o.n LIMIT 1) FROM (${keys}) AS k)
RETURNING id, generation, queue, trace, state, due_at AS dueAt`
}
