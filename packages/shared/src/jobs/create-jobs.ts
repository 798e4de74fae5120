import type { LogEvent } from '../contracts/events.ts'
import { columnList, JOB_COLUMNS } from '../db/columns.ts'
import { retryD1 } from '../db/retry.ts'
import { type StoredAnswer, storedAnswer } from '../idempotency/answer.ts'
import { MAX_BATCH_CHARACTERS } from './constants.ts'
import type { newJobRow } from './new-row.ts'
import { PLACES_PER_BATCH } from './ordering.ts'
import { shownOrderingKey } from './ordering-key.ts'

/** How long an `Idempotency-Key` of `/jobs` is remembered, ms. */
export const CREATION_KEY_TTL_MS = 86_400_000

/** A row of {@link newJobRow} that a client made. */
export type CreatedJob = ReturnType<typeof newJobRow> & { client: string }

/** The key under which the jobs are made, and what its row keeps. Times in ms. */
export interface CreationKey {
  client: string
  key: string
  fingerprint: string
  /** Unique to one request. */
  owner: string
  requestId: string
  expiresAt: number
  answer: StoredAnswer
}

export interface Creation {
  /** In the order of the request. */
  jobs: readonly CreatedJob[]
  trace: string
  now: number
  key: CreationKey | null
}

export type CreationOutcome =
  | { kind: 'created' }
  /** The same request came before: its answer. */
  | { kind: 'replayed'; answer: StoredAnswer }
  /** The key belongs to another request. */
  | { kind: 'reused' }

/** ?1 client, ?2 key, ?3 owner. */
const OWNED = `EXISTS (SELECT 1 FROM idempotency_keys WHERE client = ?1 AND key = ?2 AND owner = ?3)`

/** A key whose time is over is taken over. The owner is unique, so that a repeated batch finds itself. */
const TAKE_KEY = `INSERT INTO idempotency_keys
  (client, key, owner, fingerprint, state, request_id, locked_until, created_at, expires_at, answer)
VALUES (?1, ?2, ?3, ?4, 'done', ?5, CAST(?6 AS INTEGER), CAST(?6 AS INTEGER), CAST(?7 AS INTEGER), ?8)
ON CONFLICT (client, key) DO UPDATE SET fingerprint = excluded.fingerprint, state = 'done', owner = excluded.owner,
  request_id = excluded.request_id, locked_until = excluded.locked_until, created_at = excluded.created_at,
  expires_at = excluded.expires_at, answer = excluded.answer
WHERE idempotency_keys.expires_at <= ?6`

const READ_KEY = `SELECT owner, fingerprint, answer FROM idempotency_keys WHERE client = ?1 AND key = ?2`

/** One row tells of all. ?4 time, ?5 trace, ?6 events, ?7 the first job: once it is there, the batch is done. */
const insertEvent = (condition: string) => `INSERT INTO events (at, kind, trace, events)
SELECT ?4, 'event', ?5, ?6 WHERE ${condition} AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?7)`

/** ?4 rows as JSON, each with its `place` in the batch. */
const insertJobs = (condition: string) => {
  const seq = '(SELECT max(seq) FROM events)'
  const values = JOB_COLUMNS.map((column) => {
    if (column === 'log') return `json_array(${seq})`
    if (column !== 'n') return `j.value ->> '$.${column}'`
    return `iif(j.value ->> '$.orderingKey' IS NULL, NULL, ${seq} * ${PLACES_PER_BATCH} + (j.value ->> '$.place'))`
  })
  return `INSERT OR IGNORE INTO jobs (${columnList(JOB_COLUMNS)})
SELECT ${values.join(', ')} FROM json_each(?4) AS j WHERE ${condition}`
}

const STATEMENTS = {
  keyed: { event: insertEvent(OWNED), jobs: insertJobs(OWNED) },
  unkeyed: { event: insertEvent('TRUE'), jobs: insertJobs('TRUE') },
}

/**
 * Makes all jobs of a request or none, in one batch of D1 and with its `Idempotency-Key`: a key that is taken stands beside its
 * jobs. Rows written: 1 for the key, 1 event, and 3 a job (itself, its places in `jobs_wake` and `jobs_client`), 4 with an
 * ordering key. Idempotent: the same creation again writes nothing. Throws when D1 cannot.
 */
export async function createJobs(db: D1Database, creation: Creation): Promise<CreationOutcome> {
  const statements = creationStatements(db, creation)
  const results = await retryD1(() => db.batch<KeyRow>(statements))
  const { key } = creation
  if (!key) return { kind: 'created' }
  const row = results.at(-1)?.results[0]
  if (!row) throw new Error('the key that was taken is not there')
  return row.owner === key.owner ? { kind: 'created' } : judge(row, key)
}

/** What a request under this key would be answered without making anything; `undefined` where the key is free. */
export async function findCreation(
  db: D1Database,
  key: Pick<CreationKey, 'client' | 'key' | 'fingerprint'>,
  now: number,
): Promise<Exclude<CreationOutcome, { kind: 'created' }> | undefined> {
  const select = db.prepare(`${READ_KEY} AND expires_at > ?3`).bind(key.client, key.key, now)
  const row = await retryD1(() => select.first<KeyRow>())
  return row ? judge(row, key) : undefined
}

type KeyRow = Pick<CreationKey, 'owner' | 'fingerprint'> & { answer: string | null }

function judge(row: KeyRow, { fingerprint }: Pick<CreationKey, 'fingerprint'>): Exclude<CreationOutcome, { kind: 'created' }> {
  if (row.fingerprint !== fingerprint) return { kind: 'reused' }
  return { kind: 'replayed', answer: storedAnswer.parse(JSON.parse(row.answer ?? 'null')) }
}

function creationStatements(db: D1Database, { jobs, trace, now, key }: Creation): D1PreparedStatement[] {
  const { event, jobs: insert } = key ? STATEMENTS.keyed : STATEMENTS.unkeyed
  const guard = key ? [key.client, key.key, key.owner] : [null, null, null]
  const take = key && [key.fingerprint, key.requestId, now, key.expiresAt, JSON.stringify(key.answer)]
  return [
    ...(take ? [db.prepare(TAKE_KEY).bind(...guard, ...take)] : []),
    db.prepare(event).bind(...guard, now, trace, JSON.stringify(jobs.map(createdEvent)), jobs[0]?.id ?? null),
    ...parametersOf(jobs).map((rows) => db.prepare(insert).bind(...guard, rows)),
    ...(key ? [db.prepare(READ_KEY).bind(key.client, key.key)] : []),
  ]
}

/** The rows as JSON arrays, none longer than a parameter may be. */
function parametersOf(jobs: readonly CreatedJob[]): string[] {
  const parameters: string[] = []
  let open: string[] = []
  let length = 0
  for (const [place, job] of jobs.entries()) {
    const row = JSON.stringify({ ...job, place })
    if (open.length > 0 && length + row.length > MAX_BATCH_CHARACTERS) {
      parameters.push(`[${open.join(',')}]`)
      open = []
      length = 0
    }
    open.push(row)
    length += row.length + 1
  }
  return [...parameters, `[${open.join(',')}]`]
}

function createdEvent(job: CreatedJob): LogEvent {
  const { id, state, connector, operation, queue, client, createdAt, dueAt } = job
  const orderingKey = shownOrderingKey(client, job.orderingKey)
  const delay = dueAt > createdAt ? { delayMs: dueAt - createdAt } : {}
  const ordered = orderingKey === null ? {} : { orderingKey }
  return {
    type: state === 'scheduled' ? 'job.scheduled' : 'job.queued',
    jobId: id,
    data: { client, connector, operation, queue, ...delay, ...ordered },
  }
}
