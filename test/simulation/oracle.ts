import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { MAX_SKEW_MS } from './actor.ts'
import type { Core } from './core.ts'
import { type LogRow, logOf, NOTHING, readLog, type Snapshot, takeSnapshot } from './snapshot.ts'
import type { Bound, Result, Sqlite } from './sqlite.ts'
import { type Purpose, wrongTransition, wrongTurn } from './transitions.ts'

/** Looks at the database after every batch that changed it, and says what must not be. */
export class Oracle {
  snapshot: Snapshot = NOTHING
  /** The whole log, by sequence. */
  readonly log = new Map<number, LogRow>()
  #lastSeq = 0
  readonly #core: Core
  readonly #sqlite: Sqlite
  readonly #graceMs: () => number

  constructor(core: Core, sqlite: Sqlite, graceMs: () => number) {
    this.#core = core
    this.#sqlite = sqlite
    this.#graceMs = graceMs
  }

  /** Executes a batch, and judges it. */
  execute(statements: readonly Bound[], purpose: Purpose): Result[] {
    const written = this.#sqlite.written
    const results = this.#sqlite.batch(statements)
    if (this.#sqlite.written > written) this.#observe(purpose)
    return results
  }

  #observe(purpose: Purpose): void {
    const old = this.snapshot
    this.snapshot = takeSnapshot(this.#sqlite)
    const told = readLog(this.#sqlite, this.#lastSeq)
    for (const row of told) {
      this.log.set(row.seq, row)
      this.#lastSeq = row.seq
    }
    const latest = this.#core.scheduler.now + MAX_SKEW_MS
    const wrong =
      wrongTransition(purpose, old, this.snapshot, latest) ??
      wrongTurn(old, this.snapshot, latest, this.#graceMs()) ??
      this.#wrongLog() ??
      this.#unnamed(told) ??
      this.#twoRun()
    if (wrong) this.#core.fail(wrong)
    for (const job of this.snapshot.jobs.values()) this.#traceChange(old.jobs.get(job.id), job)
  }

  /**
   * What was written once is there for good. Each row of the log is of one job, or
   * tells of many; the log of a callback begins with the row that ended its parent.
   */
  #wrongLog(): string | undefined {
    for (const job of this.snapshot.jobs.values()) {
      const sequences = logOf(job)
      if (new Set(sequences).size < sequences.length) return `${job.id}: a sequence stands twice in its log: ${job.log}`
      for (const seq of sequences) {
        const row = this.log.get(seq)
        if (!row) return `${job.id}: its log names row ${seq}, which is not there`
        const concerned = [null, job.id, job.parentId].includes(row.jobId)
        if (!concerned || (row.attempt && row.jobId !== job.id && seq !== sequences[0]))
          return `${job.id}: its log names row ${seq} of ${row.jobId}`
      }
    }
    return undefined
  }

  /** What is told of a job stands in its own log: a row that does not was written by somebody whose change was not. */
  #unnamed(told: readonly LogRow[]): string | undefined {
    for (const { seq, jobId } of told) {
      const job = jobId === null ? undefined : this.snapshot.jobs.get(jobId)
      if (job && !logOf(job).includes(seq)) return `${job.id}: row ${seq} tells of it, and its log does not name it`
    }
    return undefined
  }

  /** Of one key, one job is worked at a time. Clocks that differ may overlap by as much. */
  #twoRun(): string | undefined {
    const running = new Map<string, JobRow>()
    for (const job of this.snapshot.jobs.values()) {
      if (job.orderingKey === null || job.state !== 'running') continue
      if ((job.leaseUntil ?? 0) < this.#core.scheduler.now + 2 * MAX_SKEW_MS) continue
      const other = running.get(job.orderingKey)
      if (other) return `${job.id} and ${other.id} of key ${job.orderingKey} run at the same time`
      running.set(job.orderingKey, job)
    }
    return undefined
  }

  #traceChange(was: JobRow | undefined, job: JobRow): void {
    const columns = (row: JobRow) => {
      const { state, generation, attempts, lostLeases, token, leaseUntil, dueAt, wakeAt, n, lastError, log } = row
      return JSON.stringify({ state, generation, attempts, lostLeases, token, leaseUntil, dueAt, wakeAt, n, lastError, log })
    }
    if (!was || columns(was) !== columns(job)) this.#core.trace(`  ${job.id} ${columns(job)}`)
  }
}
