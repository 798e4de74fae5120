import type { LogEvent } from '../contracts/events.ts'
import type { AttemptRecord, DeathClass } from '../contracts/jobs.ts'
import { isTransientD1Error, retryD1 } from '../db/retry.ts'
import { callbackEvents, insertCallbacks, notedCallback } from './callback.ts'
import { MAX_BATCH_CHARACTERS } from './constants.ts'
import { EVENT_TYPE } from './event-type.ts'
import { errorHash, fingerprintSql } from './fingerprint.ts'
import { type NextJob, wakeNext } from './ordering.ts'
import { type JobEvent, nextState } from './state-machine.ts'

/** What one turn of a claimed job came to. Times in ms. */
export interface JobFinish {
  jobId: string
  /** It has an ordering key: when it ends, the next one of that key has its turn. */
  ordered: boolean
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
  /** Id for the job that tells the end; `null` for a job that goes on, or wants no callback. */
  callbackId: string | null
}

export interface FinishResult {
  /** Written, now or by an earlier try of the same batch. */
  applied: Set<string>
  /** Another consumer has taken the job over: nothing was written. */
  stale: Set<string>
  /** D1 refused; the job keeps its lease, and comes back when that ends. */
  failed: Map<string, unknown>
  /** Jobs to be sent: ordered ones whose turn has come, and those that tell the end of another. */
  next: NextJob[]
}

export interface FinishOptions {
  token: string
  now: number
  /** How long the message of an ordered job whose turn has come may take before the sweep sends it, ms. */
  graceMs: number
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
  callback = ${notedCallback(`f.v ->> '$.callbackId'`)}, log = json_insert(j.log, '$[#]', f.seq)
FROM ${ITEMS} WHERE j.id = f.id AND j.state = 'running' AND j.token = ?2`

const BURY = `INSERT INTO dead_letters
  (job_id, generation, class, queue, inbox_id, connector, operation, error, attempts, died_at, status, provider, event_type,
  fingerprint)
SELECT j.id, j.generation, f.v ->> '$.death.class', j.queue, j.inbox_id, j.connector, j.operation, f.v ->> '$.death.error',
  j.attempts, ?3, 'open', j.provider, ${EVENT_TYPE},
  ${fingerprintSql(`f.v ->> '$.death.class'`, 'j.connector', `(f.v ->> '$.death.hash')`)} FROM ${ITEMS} CROSS JOIN jobs AS j ON ${MATCHED} WHERE f.v ->> '$.death' IS NOT NULL
ON CONFLICT (job_id, generation) DO NOTHING`

/** ?4 = grace. */
const CALLBACKS = insertCallbacks({
  from: `${ITEMS} CROSS JOIN jobs AS j ON ${MATCHED}`,
  id: `f.v ->> '$.callbackId'`,
  seq: 'f.seq',
  trace: `f.v ->> '$.trace'`,
  now: '?3',
  graceMs: '?4',
})

/** The last that counts sequences: it moves on what the others count from. */
const LOG = `INSERT INTO events (seq, at, kind, provider, connector, inbox_id, job_id, trace, failed, attempt, events)
SELECT f.seq, ?3, iif(f.v ->> '$.attempt' IS NULL, 'event', 'attempt'), j.provider, j.connector, j.inbox_id, j.id,
  f.v ->> '$.trace', iif(f.v ->> '$.attempt.outcome' <> 'success', 1, NULL), f.v ->> '$.attempt', f.v ->> '$.events'
FROM ${ITEMS} CROSS JOIN jobs AS j ON ${MATCHED}`

/** ?4 = grace. Repeated, it finds the same job, or one that is not behind any other. */
const WAKE_NEXT = wakeNext(
  `SELECT j.ordering_key FROM json_each(?1) AS f CROSS JOIN jobs AS j ON j.id = f.value ->> '$.jobId'
  WHERE j.token = ?2 AND j.wake_at IS NULL AND j.ordering_key IS NOT NULL`,
  '?3',
  '?4',
)

const READ = `SELECT j.id FROM json_each(?1) AS f CROSS JOIN jobs AS j ON j.id = f.value ->> '$.jobId'
  WHERE j.token = ?2 AND j.state = f.value ->> '$.state'`

/**
 * Writes what came of a whole batch of claimed jobs of one shard: for each the row and its place in the log, in one batch of
 * D1, guarded by the token. Repeating it doubles nothing. A batch that D1 refuses is halved until the bad row stands alone.
 */
export async function finishJobs(db: D1Database, items: readonly JobFinish[], options: FinishOptions): Promise<FinishResult> {
  const result: FinishResult = { applied: new Set(), stale: new Set(), failed: new Map(), next: [] }
  await finishPart(db, items, options, result)
  return result
}

async function finishPart(
  db: D1Database,
  items: readonly JobFinish[],
  options: FinishOptions,
  result: FinishResult,
): Promise<void> {
  if (items.length === 0) return
  const json = JSON.stringify(items.map(parameterOf))
  try {
    if (json.length > MAX_BATCH_CHARACTERS && items.length > 1) return await finishHalves(db, items, options, result)
    const also = {
      frees: items.some((item) => item.ordered && item.wakeAt === null),
      calls: items.some((item) => item.callbackId !== null),
    }
    const { applied, next } = await retryD1(() => writeBatch(db, json, options, also))
    result.next.push(...next)
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

function parameterOf({ event, ...item }: JobFinish) {
  const { jobId, callbackId } = item
  const events = callbackId === null ? item.events : [...item.events, ...callbackEvents(jobId, callbackId)]
  const death = item.death && { ...item.death, hash: errorHash(item.death.error) }
  return { ...item, death, events, state: nextState('running', event) }
}

async function writeBatch(
  db: D1Database,
  json: string,
  { token, now, graceMs }: FinishOptions,
  { frees, calls }: { frees: boolean; calls: boolean },
): Promise<{ applied: Set<string>; next: NextJob[] }> {
  const bound = (sql: string) => db.prepare(sql).bind(json, token, now)
  const sending = (sql: string) => db.prepare(sql).bind(json, token, now, graceMs)
  const results = await db.batch([
    ...[UPDATE, BURY].map(bound),
    ...(calls ? [sending(CALLBACKS)] : []),
    bound(LOG),
    ...(frees ? [sending(WAKE_NEXT)] : []),
    db.prepare(READ).bind(json, token),
  ])
  const applied = results.pop()?.results as { id: string }[]
  const next = [...(calls ? [results[2]] : []), ...(frees ? [results.at(-1)] : [])].flatMap((one) => one?.results ?? [])
  return { applied: new Set(applied.map(({ id }) => id)), next: next as NextJob[] }
}
