import type { Bound, Result } from './sqlite.ts'

/** Lets statements reach the database, in their time; all or nothing. */
export type Execute = (statements: readonly Bound[]) => Promise<Result[]>

/** The interface of D1, as far as the project uses it, over whatever executes. */
export function d1(execute: Execute): D1Database {
  const prepare = (sql: string, values: readonly unknown[] = []): BoundStatement => ({
    bound: { sql, values },
    bind: (...given: unknown[]) => prepare(sql, given),
    run: async () => only(await execute([{ sql, values }])),
    all: async () => only(await execute([{ sql, values }])),
    async first(column?: string) {
      const row = only(await execute([{ sql, values }])).results[0]
      if (row === undefined) return null
      return column === undefined ? row : row[column]
    },
  })
  const database = {
    prepare: (sql: string) => prepare(sql),
    batch: (statements: readonly BoundStatement[]) => execute(statements.map(({ bound }) => bound)),
  }
  return database as unknown as D1Database
}

interface BoundStatement {
  bound: Bound
  bind(...values: unknown[]): BoundStatement
  run(): Promise<Result>
  all(): Promise<Result>
  first(column?: string): Promise<unknown>
}

function only(results: readonly Result[]): Result {
  const [result] = results
  if (!result) throw new Error('no result')
  return result
}
