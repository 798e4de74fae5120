import type { Actor } from '@orchestrator/shared/contracts/audit'

/** What the audit log knows of an operation from its beginning. */
export interface Started {
  id: string
  /** Of the audit row. */
  seq: number
  /** ms. */
  at: number
  count: number
  /** Of the request that began it. */
  fingerprint: string
}

const FIND = `SELECT target AS id, seq, at, after ->> '$.count' AS count, after ->> '$.fingerprint' AS fingerprint FROM audit_log
WHERE action = 'bulk_operation.started' AND actor_id = ?1 AND actor_kind = ?2 AND at >= ?4 AND after ->> '$.repeat' = ?3
ORDER BY seq DESC LIMIT 1`

/** The operation that somebody began under a key (its hash) since a time, ms. */
export async function findStarted(db: D1Database, actor: Actor, key: string, since: number): Promise<Started | undefined> {
  return (await db.prepare(FIND).bind(actor.id, actor.kind, key, since).first<Started>()) ?? undefined
}

const TOLD = 'SELECT EXISTS (SELECT 1 FROM audit_log WHERE target = ?1 AND action = ?2 AND at = ?3) AS told'

/** Whether the audit log has this about an operation. */
export async function isTold(db: D1Database, id: string, action: string, at: number): Promise<boolean> {
  return (await db.prepare(TOLD).bind(id, action, at).first<number>('told')) === 1
}
