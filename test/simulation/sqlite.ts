import { globSync, readFileSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

const MIGRATIONS = new URL('../../migrations/data/', import.meta.url).pathname

/** One statement with its parameters. */
export interface Bound {
  sql: string
  values: readonly unknown[]
}

interface Meta {
  changes: number
  last_row_id: number
  duration: number
  rows_read: number
  rows_written: number
  size_after: number
  changed_db: boolean
}

export interface Result {
  success: true
  results: Record<string, unknown>[]
  meta: Meta
}

/**
 * A DATA database in memory, with the real migrations. Like D1, it binds numbers as REAL (node:sqlite does so too), runs a batch
 * in one transaction, and names its errors `D1_ERROR`.
 */
export class Sqlite {
  readonly #db = new DatabaseSync(':memory:')
  readonly #statements = new Map<string, StatementSync>()
  readonly #totalChanges: StatementSync

  constructor() {
    for (const file of globSync('*.sql', { cwd: MIGRATIONS }).sort()) {
      this.#db.exec(readFileSync(`${MIGRATIONS}${file}`, 'utf8').replaceAll('--> statement-breakpoint', ''))
    }
    this.#totalChanges = this.#db.prepare('SELECT total_changes() AS n')
  }

  /** Forgets all rows. Faster than a new database. */
  clear(): void {
    const tables = this.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (const { name } of tables) this.#db.exec(`DELETE FROM ${name}`)
  }

  /** Rows that were written since the beginning. */
  get written(): number {
    return Number(this.#totalChanges.get()?.['n'])
  }

  /** A look at the rows from outside of the simulated world. */
  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#prepared(sql).all(...values) as T[]
  }

  /** All or nothing. */
  batch(statements: readonly Bound[]): Result[] {
    this.#db.exec('BEGIN')
    try {
      const results = statements.map((statement) => this.#run(statement))
      this.#db.exec('COMMIT')
      return results
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw new Error(`D1_ERROR: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }

  #run({ sql, values }: Bound): Result {
    const before = this.written
    const results = this.#prepared(sql).all(...values.map(toSqlite)) as Record<string, unknown>[]
    const changes = this.written - before
    const meta = { changes, last_row_id: 0, duration: 0, rows_read: 0, rows_written: changes, size_after: 0 }
    return { success: true, results, meta: { ...meta, changed_db: changes > 0 } }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function toSqlite(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  throw new Error(`D1 takes no ${typeof value}`)
}
