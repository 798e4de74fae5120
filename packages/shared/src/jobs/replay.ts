import type { Actor } from '../contracts/audit.ts'
import type { LogEvent } from '../contracts/events.ts'
import type { JobState } from '../contracts/jobs.ts'
import type { QueueName } from '../contracts/queue.ts'
import type { DeadLetterRow, JobRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { backToWork } from './next-generation.ts'
import { placeAfterDeath } from './ordering.ts'
import { sqlStates, statesAllowing } from './state-machine.ts'
import { toldInLog } from './told-in-log.ts'

export interface ReplayRequest {
  jobId: string
  /** The generation that died. */
  generation: number
  reason: string
  actor: Actor
  /** Sequence of the audit row that holds the intent. Unique to this replay. */
  auditSeq: number
  /** ms since the epoch. */
  now: number
  /** How long the message may take before the sweep sends the job again, ms. */
  graceMs: number
  /** What is different from now on; nothing, where it is left out. */
  change?: ReplayChange
  /** What else the log tells of it. */
  told?: Record<string, unknown>
}

/** How a job goes on otherwise than before. */
export interface ReplayChange {
  /** The configuration that it goes on under; null: the one that it pinned. */
  configRevision: number | null
  /** Whether the upstream sees another idempotency key than before. */
  newKey: boolean
  /** What it sends instead of what it had; null: the same. One of the two columns is null. */
  input: Pick<JobRow, 'input' | 'inputKey'> | null
}

const NO_CHANGE: ReplayChange = { configRevision: null, newKey: false, input: null }

export type ReplayOutcome =
  | { outcome: 'replayed'; jobId: string; generation: number; queue: QueueName; trace: string }
  | { outcome: 'not_found' }
  | { outcome: 'already_closed'; status: DeadLetterRow['status'] }
  | { outcome: 'not_dead'; state: JobState; generation: number }
  | { outcome: 'no_job' }

/** The dead letter is open and its job still lies dead in the generation that it is about. ?1 job, ?2 generation. */
const REPLAYABLE = `j.id = ?1 AND j.generation = ?2 AND j.state IN (${sqlStates(statesAllowing('replay'))}) AND EXISTS (
  SELECT 1 FROM dead_letters AS d WHERE d.job_id = ?1 AND d.generation = ?2 AND d.status = 'open')`

const INSERT_EVENT = `INSERT INTO events (seq, at, kind, provider, connector, inbox_id, job_id, trace, events)
  SELECT (SELECT coalesce(max(seq), 0) FROM events) + 1, ?3, 'event', j.provider, j.connector, j.inbox_id, j.id, j.trace, ?4
  FROM jobs AS j WHERE ${REPLAYABLE}`

/** ?5 revision, ?6 new key, ?7 another input, ?8 and ?9 which. */
const REVIVE_JOB = `UPDATE jobs AS j SET ${backToWork('?3', '?4')}, config_revision = coalesce(?5, config_revision),
  key_generation = iif(?6, generation + 1, key_generation), input = iif(?7, ?8, input), input_key = iif(?7, ?9, input_key),
  ${placeAfterDeath()}, log = json_insert(log, '$[#]', (SELECT max(seq) FROM events))
  WHERE ${REPLAYABLE}`

/** Only after the revival: then the job is queued one generation on, which no other statement of the system brings about. */
const CLOSE_DEAD_LETTER = `UPDATE dead_letters SET status = 'replayed', closed_at = ?3
  WHERE job_id = ?1 AND generation = ?2 AND status = 'open'
  AND EXISTS (SELECT 1 FROM jobs AS j WHERE j.id = ?1 AND j.generation = ?2 + 1 AND j.state = 'queued')`

const READ_BACK = `SELECT d.status, j.id AS jobId, j.state, j.generation, j.queue, j.trace,
    ${toldInLog('job.replayed', '?3')} AS ours
  FROM dead_letters AS d LEFT JOIN jobs AS j ON j.id = d.job_id WHERE d.job_id = ?1 AND d.generation = ?2`

interface ReadBack extends Pick<DeadLetterRow, 'status'>, Pick<JobRow, 'state' | 'generation' | 'queue' | 'trace'> {
  jobId: string | null
  ours: 0 | 1
}

/**
 * Puts a dead job back to work under the next generation: job, event and dead letter change in one batch, or nothing does.
 * Every statement is guarded by the generation, so a second replay finds nothing to do; whether the change was made by this
 * call is read from the event that carries its `auditSeq`, which also holds when an answer of D1 was lost. What `change` does not
 * name stays, and `last_error` stays for the operator. Sending the message is the caller's business.
 */
export async function replayJob(db: D1Database, request: ReplayRequest): Promise<ReplayOutcome> {
  const { jobId, generation, now, graceMs, change } = request
  const event: LogEvent = {
    type: 'job.replayed',
    jobId,
    data: {
      reason: request.reason,
      actor: request.actor,
      auditSeq: request.auditSeq,
      fromGeneration: generation,
      ...request.told,
    },
  }
  const results = await retryD1(() =>
    db.batch<ReadBack>([
      ...nextGenerationStatements(db, { jobId, generation, now, graceMs }, event, change),
      db.prepare(READ_BACK).bind(jobId, generation, request.auditSeq),
    ]),
  )
  return decideOutcome(results[3]?.results[0], generation)
}

/** Puts one dead job back to work, tells it in the log, and closes its dead letter: all guarded by the generation that died. */
export function nextGenerationStatements(
  db: D1Database,
  { jobId, generation, now, graceMs }: Pick<ReplayRequest, 'jobId' | 'generation' | 'now' | 'graceMs'>,
  event: LogEvent,
  { configRevision, newKey, input }: ReplayChange = NO_CHANGE,
): D1PreparedStatement[] {
  const changed = [configRevision, newKey ? 1 : 0, input ? 1 : 0, input?.input ?? null, input?.inputKey ?? null]
  return [
    db.prepare(INSERT_EVENT).bind(jobId, generation, now, JSON.stringify([event])),
    db.prepare(REVIVE_JOB).bind(jobId, generation, now, graceMs, ...changed),
    db.prepare(CLOSE_DEAD_LETTER).bind(jobId, generation, now),
  ]
}

function decideOutcome(found: ReadBack | undefined, generation: number): ReplayOutcome {
  if (!found) return { outcome: 'not_found' }
  if (found.jobId === null) return { outcome: 'no_job' }
  if (found.ours === 1) {
    return { outcome: 'replayed', jobId: found.jobId, generation: generation + 1, queue: found.queue, trace: found.trace }
  }
  if (found.status !== 'open') return { outcome: 'already_closed', status: found.status }
  return { outcome: 'not_dead', state: found.state, generation: found.generation }
}
