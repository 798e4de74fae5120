import type { Shard } from '@orchestrator/shared/db/shards'

/** A shard that counts the rows its database reads, as they are billed (`meta.rows_read`). */
export function countingShard(db: D1Database, number: number): { shard: Shard; takeRowsRead: () => number } {
  let read = 0
  const count = <T extends { meta: D1Meta & Record<string, unknown> }>(result: T): T => {
    read += result.meta.rows_read
    return result
  }
  const statement = (inner: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(inner, {
      get(target, name) {
        if (name === 'bind') return (...values: unknown[]) => statement(target.bind(...values))
        if (name === 'all' || name === 'run') return async () => count(await target.all())
        if (name === 'first') {
          return async (column?: string) => {
            const [row] = count(await target.all()).results
            return column === undefined ? (row ?? null) : (row?.[column] ?? null)
          }
        }
        throw new Error(`a list uses ${String(name)}: count its rows too`)
      },
    })
  const counted = new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => statement(target.prepare(sql))
      throw new Error(`a list uses ${String(name)}: count its rows too`)
    },
  })
  const shard: Shard = { number, name: `DATA_0${number}`, read: (work) => work(counted), write: (work) => work(counted) }
  return {
    shard,
    takeRowsRead: () => {
      const rows = read
      read = 0
      return rows
    },
  }
}
