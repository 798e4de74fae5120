import { retryD1 } from '../db/retry.ts'

/**
 * Rows stand in the order in which they were written, and tell when their request began: a row's time may be behind that of an earlier
 * one by as long as a request and its action take, with room to spare, ms.
 */
const MAX_DISORDER_MS = 600_000

/** The rows of a time lie between two sequences, both excluded. */
export async function seqBounds(
  db: D1Database,
  { from, to }: { from?: number | undefined; to?: number | undefined },
): Promise<{ above: number; below: number }> {
  const sql = `SELECT (SELECT seq FROM audit_log WHERE at < ? AND seq > 0 ORDER BY at DESC LIMIT 1) AS above,
    (SELECT seq FROM audit_log WHERE at > ? AND seq > 0 ORDER BY at LIMIT 1) AS below`
  const before = (from ?? 0) - MAX_DISORDER_MS
  const after = to === undefined ? Number.MAX_SAFE_INTEGER : to + MAX_DISORDER_MS
  const found = await retryD1(() => db.prepare(sql).bind(before, after).first<{ above: number | null; below: number | null }>())
  return { above: found?.above ?? 0, below: found?.below ?? Number.MAX_SAFE_INTEGER }
}
