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
  const before = db.prepare('SELECT seq FROM audit_log WHERE at < ? ORDER BY at DESC LIMIT 1').bind((from ?? 0) - MAX_DISORDER_MS)
  const after = db
    .prepare('SELECT seq FROM audit_log WHERE at > ? ORDER BY at LIMIT 1')
    .bind((to ?? Number.MAX_SAFE_INTEGER - MAX_DISORDER_MS) + MAX_DISORDER_MS)
  const [first, last] = await retryD1(() => db.batch<{ seq: number }>([before, after]))
  return { above: first?.results[0]?.seq ?? 0, below: last?.results[0]?.seq ?? Number.MAX_SAFE_INTEGER }
}
