import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'
import { JOB_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { DeadLetterRow, EventRow, JobRow } from '@orchestrator/shared/db/data-schema'
import type { Sqlite } from './sqlite.ts'

export type Letter = Pick<DeadLetterRow, 'jobId' | 'generation' | 'class' | 'status' | 'message'>

/** One row of the log, read. */
export interface LogRow extends Pick<EventRow, 'seq' | 'kind' | 'jobId'> {
  attempt: AttemptRecord | null
  events: LogEvent[]
}

/** All that the database says of jobs at one moment. */
export interface Snapshot {
  jobs: ReadonlyMap<string, JobRow>
  /** By job and generation. */
  letters: ReadonlyMap<string, Letter>
}

export const NOTHING: Snapshot = { jobs: new Map(), letters: new Map() }

const JOBS = `SELECT ${selectList(JOB_COLUMNS)} FROM jobs`
const LETTERS = 'SELECT job_id AS jobId, generation, class, status, message FROM dead_letters'
const LOG = 'SELECT seq, kind, job_id AS jobId, attempt, events FROM events WHERE seq > ? ORDER BY seq'

export function takeSnapshot(sqlite: Sqlite): Snapshot {
  return {
    jobs: new Map(sqlite.all<JobRow>(JOBS).map((job) => [job.id, job])),
    letters: new Map(sqlite.all<Letter>(LETTERS).map((letter) => [letterKey(letter.jobId, letter.generation), letter])),
  }
}

export function letterKey(jobId: string, generation: number): string {
  return `${jobId}.${generation}`
}

/** The rows of the log behind a sequence. */
export function readLog(sqlite: Sqlite, after: number): LogRow[] {
  return sqlite.all<EventRow>(LOG, after).map(({ seq, kind, jobId, attempt, events }) => ({
    seq,
    kind,
    jobId,
    attempt: attempt === null ? null : (JSON.parse(attempt) as AttemptRecord),
    events: JSON.parse(events) as LogEvent[],
  }))
}

export function logOf(job: Pick<JobRow, 'log'>): number[] {
  return JSON.parse(job.log) as number[]
}

/** Holds its place in the line of its ordering key: said here once more, apart from the statements under test. */
export function isInLine(job: JobRow): boolean {
  if (job.orderingKey === null) return false
  return job.wakeAt !== null || (job.state === 'dead' && job.onDeath === 'block')
}

/** Those of its key that must go before a job, the first of them first. */
export function before(snapshot: Snapshot, job: JobRow): JobRow[] {
  if (job.orderingKey === null) return []
  return [...snapshot.jobs.values()]
    .filter((other) => other.orderingKey === job.orderingKey && isInLine(other) && placeOf(other) < placeOf(job))
    .sort((one, other) => placeOf(one) - placeOf(other))
}

function placeOf(job: JobRow): number {
  if (job.n === null) throw new Error(`${job.id} has a key and no place`)
  return job.n
}
