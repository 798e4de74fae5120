/** Where DATA tells what an intent of the audit log led to. */

/** An event that carries the sequence of an intent. */
export interface IntentEvent {
  type: string
  /** ms */
  at: number
}

/** The events in the log of a job or a webhook that carry the sequence of an intent, oldest first; null when the row is gone. */
export async function findEventsOfIntent(
  db: D1Database,
  of: { table: 'jobs' | 'inbox'; id: string },
  intentSeq: number,
): Promise<IntentEvent[] | null> {
  const exists = db.prepare(`SELECT 1 AS found FROM ${of.table} WHERE id = ?`).bind(of.id)
  const events = db
    .prepare(
      `SELECT v.value ->> '$.type' AS type, e.at FROM ${of.table} AS t, json_each(t.log) AS l
      JOIN events AS e ON e.seq = l.value, json_each(e.events) AS v
      WHERE t.id = ?1 AND v.value ->> '$.data.auditSeq' = ?2 ORDER BY e.seq`,
    )
    .bind(of.id, intentSeq)
  const [row, found] = await db.batch<IntentEvent>([exists, events])
  return row?.results.length ? (found?.results ?? []) : null
}

/** Whether the row of a bulk operation is there. */
export async function isBegun(db: D1Database, id: string): Promise<boolean> {
  return (await db.prepare('SELECT 1 AS begun FROM bulk_operations WHERE id = ?').bind(id).first('begun')) !== null
}
