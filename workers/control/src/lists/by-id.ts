import { idFloor } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { ALL, allOf, type Condition } from '@orchestrator/shared/lists/filters'
import type { TimeRange } from '@orchestrator/shared/lists/query'
import { scan, type ScanSource } from '@orchestrator/shared/lists/scan'
import type { ShardPage, ShardRequest } from '@orchestrator/shared/lists/walk-shards'

/** Sorts after every id of a shard, since ids are ASCII letters and digits. */
export const ABOVE_ALL = '~'

export interface TableById {
  table: 'inbox' | 'jobs' | 'bulk_operations'
  prefix: 'whk' | 'job' | 'blk'
  /** Select list of a row. */
  columns: string
}

/** What is looked for. `indexed` is one equality that an index of (column, id) serves. */
export interface WantedById {
  range: TimeRange
  indexed?: Condition | null
  /** Any other condition: rows are looked through. */
  condition: Condition | null
}

/** A page of a table whose ids sort by time, newest first. */
export async function readById<Row extends { id: string }>(
  shard: Shard,
  table: TableById,
  wanted: WantedById,
  request: ShardRequest<string>,
): Promise<ShardPage<Row, string>> {
  const { condition } = wanted
  if (condition) return scan(scanById<Row>(shard, table, { ...wanted, condition }), request)
  const among = amongIds(shard.number, table, wanted)
  const sql = `SELECT ${table.columns} FROM ${table.table} WHERE ${among.sql} AND id < ? ORDER BY id DESC LIMIT ?`
  const rows = await shard.read((db) =>
    db
      .prepare(sql)
      .bind(...among.values, request.after ?? ABOVE_ALL, request.want)
      .all<Row>(),
  )
  return { found: keyed(rows.results), scanned: null, stoppedAt: null }
}

/** Ids tell the time they were minted at, so a range of time is one of ids. `shard` is the number in them. */
export function amongIds(
  shard: number,
  { prefix }: Pick<TableById, 'prefix'>,
  { range, indexed = null }: Pick<WantedById, 'range' | 'indexed'>,
): Condition {
  const since = range.from === null ? null : { sql: 'id >= ?', values: [idFloor(prefix, shard, range.from)] }
  const until = range.to === null ? null : { sql: 'id < ?', values: [idFloor(prefix, shard, range.to)] }
  return allOf([indexed, since, until]) ?? ALL
}

/** The ids of the next rows, newest first, each with whether the condition lets it through. */
export async function lookById(
  db: D1Database,
  shard: number,
  table: Pick<TableById, 'table' | 'prefix'>,
  wanted: WantedById & { condition: Condition },
  after: string | null,
  limit: number,
): Promise<{ key: string; hit: boolean }[]> {
  const { condition } = wanted
  const among = amongIds(shard, table, wanted)
  const rows = await db
    .prepare(`SELECT id, (${condition.sql}) AS hit FROM ${table.table} WHERE ${among.sql} AND id < ? ORDER BY id DESC LIMIT ?`)
    .bind(...condition.values, ...among.values, after ?? ABOVE_ALL, limit)
    .all<{ id: string; hit: number }>()
  return rows.results.map((row) => ({ key: row.id, hit: row.hit === 1 }))
}

function scanById<Row extends { id: string }>(
  shard: Shard,
  table: TableById,
  wanted: WantedById & { condition: Condition },
): ScanSource<Row, string> {
  return {
    look: (after: string | null, limit: number) => shard.read((db) => lookById(db, shard.number, table, wanted, after, limit)),
    async fetch(ids: readonly string[]) {
      const sql = `SELECT ${table.columns} FROM ${table.table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC`
      const rows = await shard.read((db) => db.prepare(sql).bind(JSON.stringify(ids)).all<Row>())
      return keyed(rows.results)
    },
  }
}

function keyed<Row extends { id: string }>(rows: readonly Row[]) {
  return rows.map((item) => ({ key: item.id, item }))
}
