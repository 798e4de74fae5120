import type { Shard } from '@orchestrator/shared/db/shards'
import type { Condition } from '@orchestrator/shared/lists/filters'
import { scan, type ScanSource } from '@orchestrator/shared/lists/scan'
import type { ShardPage, ShardRequest } from '@orchestrator/shared/lists/walk-shards'

/** Sorts after every id of a shard, since ids are ASCII letters and digits. */
const ABOVE_ALL = '~'

export interface TableById {
  table: 'inbox' | 'jobs'
  /** Select list of a row. */
  columns: string
}

/** A page of a table whose ids sort by time, newest first. */
export async function readById<Row extends { id: string }>(
  shard: Shard,
  table: TableById,
  condition: Condition | null,
  request: ShardRequest<string>,
): Promise<ShardPage<Row, string>> {
  if (condition) return scan(scanById<Row>(shard, table, condition), request)
  const sql = `SELECT ${table.columns} FROM ${table.table} WHERE id < ? ORDER BY id DESC LIMIT ?`
  const rows = await shard.read((db) =>
    db
      .prepare(sql)
      .bind(request.after ?? ABOVE_ALL, request.want)
      .all<Row>(),
  )
  return { found: keyed(rows.results), scanned: null, stoppedAt: null }
}

function scanById<Row extends { id: string }>(
  shard: Shard,
  { table, columns }: TableById,
  condition: Condition,
): ScanSource<Row, string> {
  return {
    async look(after: string | null, limit: number) {
      const sql = `SELECT id, (${condition.sql}) AS hit FROM ${table} WHERE id < ? ORDER BY id DESC LIMIT ?`
      const rows = await shard.read((db) =>
        db
          .prepare(sql)
          .bind(...condition.values, after ?? ABOVE_ALL, limit)
          .all<{ id: string; hit: number }>(),
      )
      return rows.results.map((row) => ({ key: row.id, hit: row.hit === 1 }))
    },
    async fetch(ids: readonly string[]) {
      const sql = `SELECT ${columns} FROM ${table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC`
      const rows = await shard.read((db) => db.prepare(sql).bind(JSON.stringify(ids)).all<Row>())
      return keyed(rows.results)
    },
  }
}

function keyed<Row extends { id: string }>(rows: readonly Row[]) {
  return rows.map((item) => ({ key: item.id, item }))
}
