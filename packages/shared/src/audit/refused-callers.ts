/** Callers that showed no valid token: a sample of them, and what each minute's adds up to. */
import type { Sample } from '../core/rejection-sampler.ts'
import { retryD1 } from '../db/retry.ts'

/** Strangers choose these. */
const MAX_METHOD = 20
const MAX_PATH = 200

export interface RefusedCaller {
  at: number
  reason: string
  method: string
  /** Without the query, which may hold what is secret. */
  path: string
  ip: string | null
}

const UPSERT = `INSERT INTO refused_callers (minute, slot, at, reason, method, path, ip, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (minute, slot) DO UPDATE SET count = count + excluded.count`

/** Writes one sampled refusal: a new row, or one more in the count of a row that another isolate put on the same place. */
export async function storeRefusedCaller(db: D1Database, caller: RefusedCaller, { minute, slot, count }: Sample): Promise<void> {
  const { at, reason, method, path, ip } = caller
  const values = [minute, slot, at, reason, method.slice(0, MAX_METHOD), path.slice(0, MAX_PATH), ip, count]
  await db
    .prepare(UPSERT)
    .bind(...values)
    .run()
}

export interface RefusedMinute {
  /** Minutes since the epoch. */
  minute: number
  rows: { reason: string; ip: string | null; count: number }[]
}

/** The first minute after one, and no later than another, in which callers were refused; null when there is none. */
export async function readRefusedMinute(db: D1Database, after: number, upTo: number): Promise<RefusedMinute | null> {
  const sql = `SELECT minute, reason, ip, count FROM refused_callers
    WHERE minute = (SELECT min(minute) FROM refused_callers WHERE minute > ? AND minute <= ?) ORDER BY slot`
  const { results } = await retryD1(() =>
    db.prepare(sql).bind(after, upTo).all<{ minute: number; reason: string; ip: string | null; count: number }>(),
  )
  const [first] = results
  return first ? { minute: first.minute, rows: results.map(({ reason, ip, count }) => ({ reason, ip, count })) } : null
}

/** Forgets the sample of the minutes before one. */
export async function deleteRefusedCallers(db: D1Database, beforeMinute: number): Promise<void> {
  await retryD1(() => db.prepare('DELETE FROM refused_callers WHERE minute < ?').bind(beforeMinute).run())
}
