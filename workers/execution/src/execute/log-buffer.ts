import type { Clock, Sleep } from '@orchestrator/shared/core/clock'
import type { ConnectorLogRow } from './deps.ts'

/** How long rows wait for others to be written with them, ms. A trip to D1 costs the same for one row as for many. */
const GATHER_MS = 25
/** A request that took it upon itself to write and has not taken the rows by then is gone, ms. */
const GONE_AFTER_MS = 2_000
/** Rows of one statement: with their excerpts they stay well below the 2 MB of a parameter. */
const MAX_ROWS = 100

export interface LogWriter {
  now: Clock
  sleep: Sleep
  /** Writes into the log of a shard. */
  write(shard: number, rows: readonly ConnectorLogRow[]): Promise<void>
}

/**
 * Rows of the log that requests of one isolate leave to each other: data only, no promise is shared. The first to leave some
 * waits a moment and then writes all that are there, in its own time after its answer.
 */
export class LogBuffer {
  #rows: { shard: number; row: ConnectorLogRow }[] = []
  #writerSince: number | undefined

  /** Leaves rows. Whoever is to write them settles when they are written, and rejects when D1 refuses; the others at once. */
  async add(shard: number, rows: readonly ConnectorLogRow[], writer: LogWriter): Promise<void> {
    this.#rows.push(...rows.map((row) => ({ shard, row })))
    const now = writer.now()
    if (this.#writerSince !== undefined && now - this.#writerSince < GONE_AFTER_MS) return
    this.#writerSince = now
    await writer.sleep(GATHER_MS)
    this.#writerSince = undefined
    const taken = this.#rows
    this.#rows = []
    for (const [shard, group] of Map.groupBy(taken, (one) => one.shard)) {
      for (let i = 0; i < group.length; i += MAX_ROWS) {
        await writer.write(
          shard,
          group.slice(i, i + MAX_ROWS).map(({ row }) => row),
        )
      }
    }
  }
}
