import type { LogEvent } from '../contracts/events.ts'
import type { AttemptRecord, DeathClass } from '../contracts/jobs.ts'
import { isTransientD1Error, retryD1 } from '../db/retry.ts'
import { MAX_BATCH_CHARACTERS } from './constants.ts'
import { type JobEvent, nextState } from './state-machine.ts'

/** What one turn of a claimed job came to. Times in ms. */
export interface JobFinish {
  jobId: string
  event: Extract<JobEvent, 'succeed' | 'retry' | 'defer' | 'hold' | 'die'>
  /** The call that was made; none when the job was put off, held, or died without one. It costs an attempt. */
  attempt: AttemptRecord | null
  events: readonly LogEvent[]
  trace: string
  /** Not before this time; for a job that goes on. */
  dueAt: number | null
  /** When the sweep looks at it; `null` for a job that ends. */
  wakeAt: number | null
  lastError: string | null
  /** JSON of the answer. */
  result: string | null
  death: { class: DeathClass; error: string } | null
}

export interface FinishResult {
  /** Written, now or by an earlier try of the same batch. */
  applied: Set<string>
  /** Another consumer has taken the job over: nothing was written. */
  stale: Set<string>
  /** D1 refused; the job keeps its lease, and comes back when that ends. */
  failed: Map<string, unknown>
}

/** ?1 = items, ?2 = token. Sequences are handed out by place; a place whose job did not match leaves a gap. */
const ITEMS = `(SELECT value AS v, value ->> '$.jobId' AS id, (SELECT coalesce(max(seq), 0) FROM events) + 1 + key AS seq
  FROM json_each(?1)) AS f`
/** Written by this very batch: no other has this sequence. */
const MATCHED = `j.id = f.id AND j.token = ?2 AND j.log ->> '$[#-1]' = f.seq`

/** ?3 = now. */
const UPDATE = `UPDATE jobs AS j SET state = f.v ->> '$.state', attempts = j.attempts + (f.v ->> '$.attempt' IS NOT NULL),
  due_at = coalesce(f.v ->> '$.dueAt', j.due_at), wake_at = f.v ->> '$.wakeAt', resends = 0, lease_until = NULL,
  finished_at = iif(f.v ->> '$.wakeAt' IS NULL, ?3, NULL), last_error = f.v ->> '$.lastError', result = f.v ->> '$.result',
  log = json_insert(j.log, '$[#]', f.seq)
FROM ${ITEMS} WHERE j.id = f.id AND j.state = 'running' AND j.token = ?2`

const BURY = `INSERT INTO dead_letters
  (job_id, generation, class, queue, inbox_id, connector, operation, error, attempts, died_at, status)
SELECT j.id, j.generation, f.v ->> '$.death.class', j.queue, j.inbox_id, j.connector, j.operation, f.v ->> '$.death.error',
  j.attempts, ?3, 'open' FROM ${ITEMS} CROSS JOIN jobs AS j ON ${MATCHED} WHERE f.v ->> '$.death' IS NOT NULL
ON CONFLICT (job_id, generation) DO NOTHING`

/** Last of the three: it moves the sequence on that the others count from. */
const LOG = `INSERT INTO events (seq, at, kind, provider, connector, inbox_id, job_id, trace, failed, attempt, events)
SELECT f.seq, ?3, iif(f.v ->> '$.attempt' IS NULL, 'event', 'attempt'), j.provider, j.connector, j.inbox_id, j.id,
  f.v ->> '$.trace', iif(f.v ->> '$.attempt.outcome' <> 'success', 1, NULL), f.v ->> '$.attempt', f.v ->> '$.events'
FROM ${ITEMS} CROSS JOIN jobs AS j ON ${MATCHED}`

const READ = `SELECT j.id FROM json_each(?1) AS f CROSS JOIN jobs AS j ON j.id = f.value ->> '$.jobId'
  WHERE j.token = ?2 AND j.state = f.value ->> '$.state'`

/**
 * Writes what came of a whole batch of claimed jobs of one shard: for each the row and its place in the log, in one batch of
 * D1, guarded by the token. Repeating it doubles nothing. A batch that D1 refuses is halved until the bad row stands alone.
 */
export async function finishJobs(
  db: D1Database,
  items: readonly JobFinish[],
  options: { token: string; now: number },
): Promise<FinishResult> {
  const result: FinishResult = { applied: new Set(), stale: new Set(), failed: new Map() }
  await finishPart(db, items, options, result)
  return result
}

async function finishPart(
  db: D1Database,
  items: readonly JobFinish[],
  options: { token: string; now: number },
  result: FinishResult,
): Promise<void> {
  if (items.length === 0) return
  const json = JSON.stringify(items.map(({ event, ...item }) => ({ ...item, state: nextState('running', event) })))
  try {
    if (json.length > MAX_BATCH_CHARACTERS && items.length > 1) return await finishHalves(db, items, options, result)
    const applied = await retryD1(() => writeBatch(db, json, options))
    for (const { jobId } of items) (applied.has(jobId) ? result.applied : result.stale).add(jobId)
  } catch (error) {
    // When D1 itself is away, halves would only knock more often.
    if (items.length > 1 && !isTransientD1Error(error)) return finishHalves(db, items, options, result)
    for (const { jobId } of items) result.failed.set(jobId, error)
  }
}

async function finishHalves(...[db, items, options, result]: Parameters<typeof finishPart>): Promise<void> {
  const middle = Math.ceil(items.length / 2)
  await finishPart(db, items.slice(0, middle), options, result)
  await finishPart(db, items.slice(middle), options, result)
}

async function writeBatch(db: D1Database, json: string, { token, now }: { token: string; now: number }): Promise<Set<string>> {
  const results = await db.batch<{ id: string }>([
    ...[UPDATE, BURY, LOG].map((sql) => db.prepare(sql).bind(json, token, now)),
    db.prepare(READ).bind(json, token),
  ])
  return new Set(results[3]?.results.map((row) => row.id))
}
