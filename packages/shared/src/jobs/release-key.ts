import type { Actor } from '../contracts/audit.ts'
import type { LogEvent } from '../contracts/events.ts'
import type { JobRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { inLine, type NextJob, wakeNext } from './ordering.ts'
import { toldInLog } from './told-in-log.ts'

/** The first of an ordering key in one shard, and how many wait behind it. */
export interface Line {
  first: Pick<
    JobRow,
    'id' | 'state' | 'generation' | 'connector' | 'operation' | 'dueAt' | 'leaseUntil' | 'finishedAt' | 'lastError' | 'onDeath'
  >
  waiting: number
  /** More wait than were counted. */
  capped: boolean
}

/** Those behind the first that are counted. */
const MAX_COUNTED = 1_000

const FIRST = `SELECT o.id, o.state, o.generation, o.connector, o.operation, o.due_at AS dueAt, o.lease_until AS leaseUntil,
  o.finished_at AS finishedAt, o.last_error AS lastError, o.on_death AS onDeath
  FROM jobs AS o WHERE ${inLine('?1')} ORDER BY o.n LIMIT 1`
const COUNT = `SELECT count(*) AS n FROM (SELECT 1 FROM jobs AS o WHERE ${inLine('?1')} LIMIT ${MAX_COUNTED + 2})`

/** Who is first of an ordering key (as the rows hold it), and who waits; `undefined` where nobody is in line. */
export async function readLine(db: D1Database, key: string): Promise<Line | undefined> {
  const [first, count] = await db.batch([FIRST, COUNT].map((sql) => db.prepare(sql).bind(key)))
  const job = first?.results[0] as Line['first'] | undefined
  if (!job) return undefined
  const behind = ((count?.results[0] as { n: number } | undefined)?.n ?? 1) - 1
  return { first: job, waiting: Math.min(behind, MAX_COUNTED), capped: behind > MAX_COUNTED }
}

export interface ReleaseRequest {
  /** The dead job that blocks its key. */
  jobId: string
  generation: number
  reason: string
  actor: Actor
  /** Sequence of the audit row that holds the intent. Unique to this request. */
  auditSeq: number
  now: number
  /** How long the message of the job whose turn has come may take before the sweep sends it, ms. */
  graceMs: number
}

/** ?1 job, ?2 generation. */
const BLOCKING = `j.id = ?1 AND j.generation = ?2 AND j.state = 'dead' AND j.on_death = 'block' AND j.ordering_key IS NOT NULL`

/** ?3 now, ?4 the event. */
const LOG = `INSERT INTO events (at, kind, provider, connector, inbox_id, job_id, trace, events)
  SELECT ?3, 'event', j.provider, j.connector, j.inbox_id, j.id, j.trace, json_array(json_set(?4, '$.data.orderingKey', j.ordering_key))
  FROM jobs AS j WHERE ${BLOCKING}`

/** The newest row of the log is this batch's own. */
const RELEASE = `UPDATE jobs AS j SET on_death = 'released', log = json_insert(j.log, '$[#]', (SELECT max(seq) FROM events)) WHERE ${BLOCKING}`

/** ?3 now, ?4 grace, ?5 audit row. Repeated, it finds the same job, or one that is not behind any other. */
const WAKE_NEXT = wakeNext(
  `SELECT j.ordering_key FROM jobs AS j WHERE j.id = ?1 AND j.generation = ?2 AND j.state = 'dead'
  AND ${toldInLog('ordering_key.released', '?5')}`,
  '?3',
  '?4',
)

/** ?2 audit row. */
const READ_BACK = `SELECT ${toldInLog('ordering_key.released', '?2')} AS ours FROM jobs AS j WHERE j.id = ?1`

/**
 * Lets a key's jobs pass a dead one that blocks them. It leaves its place and stays a dead letter: replayed later, it queues up behind
 * whoever is there then, and blocks again if it dies again. `next` is to be sent. One batch, or nothing. Throws when D1 cannot.
 */
export async function releaseKey(
  db: D1Database,
  request: ReleaseRequest,
): Promise<{ outcome: 'released'; next: NextJob[] } | { outcome: 'not_blocking' }> {
  const { jobId, generation, now, graceMs, auditSeq, reason, actor } = request
  const event: LogEvent = { type: 'ordering_key.released', jobId, data: { reason, actor, auditSeq, generation } }
  const results = await retryD1(() =>
    db.batch([
      db.prepare(LOG).bind(jobId, generation, now, JSON.stringify(event)),
      db.prepare(RELEASE).bind(jobId, generation),
      db.prepare(WAKE_NEXT).bind(jobId, generation, now, graceMs, auditSeq),
      db.prepare(READ_BACK).bind(jobId, auditSeq),
    ]),
  )
  const ours = (results[3]?.results[0] as { ours: 0 | 1 } | undefined)?.ours === 1
  return ours ? { outcome: 'released', next: (results[2]?.results ?? []) as NextJob[] } : { outcome: 'not_blocking' }
}
