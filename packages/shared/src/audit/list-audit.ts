/** Pages of the audit log by a filter, newest first. */
import { AUDIT_COLUMNS, selectList } from '../db/columns.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { retryD1 } from '../db/retry.ts'
import type { Condition } from '../lists/filters.ts'
import { scan } from '../lists/scan.ts'
import type { ShardPage, ShardRequest } from '../lists/walk-shards.ts'
import { type AuditFilter, allOf, conditionsOf } from './filter.ts'
import { seqBounds } from './seq-bounds.ts'

const COLUMNS = selectList(AUDIT_COLUMNS)
const ABOVE_ALL = Number.MAX_SAFE_INTEGER

/** Where a page goes on: a row by its time and sequence. */
export interface AuditPlace {
  at: number
  seq: number
}

/** D1 takes no more parts of a union than this at once. */
const MAX_UNION = 5

/** What leads to the rows, and what only tells whether one of them is let through. */
interface Plan {
  /** Rows below a place, newest first, as a SELECT of these columns that wants LIMIT as its last parameter. */
  rows(columns: string, after: AuditPlace | null): Condition
  rest: Condition | null
  /** Whether a row costs two reads: its place in an index, and itself. */
  byIndex: boolean
}

/**
 * One page. An index leads to the rows of a target, an actor, an action or a time; whatever else is asked for is looked at row by row
 * within the budget.
 */
export async function listAuditPage(
  db: D1Database,
  filter: AuditFilter,
  request: ShardRequest<AuditPlace>,
): Promise<ShardPage<AuditRow, AuditPlace>> {
  const plan = await planOf(db, filter)
  const read = async <T>(columns: string, values: readonly (string | number)[], after: AuditPlace | null, limit: number) => {
    const { sql, values: keys } = plan.rows(columns, after)
    const bound = [...values, ...keys, limit]
    return (
      await retryD1(() =>
        db
          .prepare(sql)
          .bind(...bound)
          .all<T>(),
      )
    ).results
  }
  const { rest } = plan
  if (!rest) {
    const rows = await read<AuditRow>(COLUMNS, [], request.after, request.want)
    return { found: rows.map(keyed), scanned: null, stoppedAt: null }
  }
  return scan(
    {
      async look(after, limit) {
        const rows = await read<AuditPlace & { hit: number | null }>(`at, seq, (${rest.sql}) AS hit`, rest.values, after, limit)
        return rows.map(({ at, seq, hit }) => ({ key: { at, seq }, hit: hit === 1 }))
      },
      async fetch(places) {
        const sql = `SELECT ${COLUMNS} FROM audit_log WHERE seq IN (SELECT value FROM json_each(?))`
        const seqs = places.map(({ seq }) => seq)
        const rows = await retryD1(() => db.prepare(sql).bind(JSON.stringify(seqs)).all<AuditRow>())
        const bySeq = new Map(rows.results.map((row) => [row.seq, row]))
        return seqs.flatMap((seq) => bySeq.get(seq) ?? []).map(keyed)
      },
    },
    { ...request, budget: plan.byIndex ? Math.ceil(request.budget / 2) : request.budget },
  )
}

const keyed = (row: AuditRow) => ({ key: { at: row.at, seq: row.seq }, item: row })

async function planOf(db: D1Database, filter: AuditFilter): Promise<Plan> {
  const conditions = conditionsOf(filter)
  const { target, actor, actions } = filter
  const isTimed = filter.from !== undefined || filter.to !== undefined
  const rest = (...led: (keyof AuditFilter)[]) =>
    allOf([...conditions].filter(([field]) => !led.includes(field)).map(([, condition]) => condition))

  // Only by time and whatever no index leads to: the index of times, in its own order.
  if (isTimed && target === undefined && actor === undefined && actions === undefined) {
    const within = allOf([conditions.get('from'), conditions.get('to')].filter((one) => one !== undefined))!
    return { rows: (columns, after) => byTime(columns, within, after), rest: rest('from', 'to'), byIndex: true }
  }
  const bounds = isTimed ? await seqBounds(db, filter) : undefined
  const below = (after: AuditPlace | null) => Math.min(after?.seq ?? ABOVE_ALL, bounds?.below ?? ABOVE_ALL)
  const bySeq = (field?: 'target' | 'actor'): Plan => ({
    rows: (columns, after) => inOrder(columns, field && conditions.get(field), bounds?.above ?? 0, below(after)),
    rest: rest(...(field ? [field] : [])),
    byIndex: field !== undefined,
  })
  if (target !== undefined) return bySeq('target')
  if (actor !== undefined) return bySeq('actor')
  if (actions !== undefined) {
    const rows: Plan['rows'] = (columns, after) => byAction(columns, actions, bounds?.above ?? 0, below(after))
    return { rows, rest: rest('actions'), byIndex: true }
  }
  return bySeq()
}

function byTime(columns: string, within: Condition, after: AuditPlace | null): Condition {
  const { at, seq } = after ?? { at: ABOVE_ALL, seq: ABOVE_ALL }
  const sql = `SELECT ${columns} FROM audit_log WHERE ${within.sql} AND seq > 0 AND (at, seq) < (?, ?) ORDER BY at DESC, seq DESC LIMIT ?`
  return { sql, values: [...within.values, at, seq] }
}

function inOrder(columns: string, led: Condition | undefined, above: number, below: number): Condition {
  const where = led ? `${led.sql} AND ` : ''
  const sql = `SELECT ${columns} FROM audit_log WHERE ${where}seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?`
  return { sql, values: [...(led?.values ?? []), above, below] }
}

/** SQLite merges the sorted parts of a union while it reads them, so that a page of many actions costs what a page of one does. */
function byAction(columns: string, actions: readonly string[], above: number, below: number): Condition {
  const one = 'SELECT seq FROM audit_log INDEXED BY audit_log_action WHERE action = ? AND seq > ? AND seq < ?'
  const groups: string[] = []
  for (let i = 0; i < actions.length; i += MAX_UNION) {
    const parts = actions.slice(i, i + MAX_UNION).map(() => one)
    groups.push(`SELECT seq FROM (${parts.join(' UNION ALL ')} ORDER BY seq DESC)`)
  }
  if (groups.length === 0) groups.push('SELECT seq FROM audit_log WHERE FALSE')
  const merged = `SELECT seq AS s FROM (${groups.join(' UNION ALL ')} ORDER BY seq DESC LIMIT ?)`
  const sql = `SELECT ${columns} FROM (${merged}) JOIN audit_log ON seq = s ORDER BY s DESC`
  return { sql, values: actions.flatMap((action) => [action, above, below]) }
}
