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
  configRevision: number | null
}

const COLUMNS = `a.target AS id, a.seq, a.at, a.after ->> '$.count' AS count, a.after ->> '$.fingerprint' AS fingerprint,
  a.after ->> '$.configRevision' AS configRevision`
const OWN = `a.action = 'bulk_operation.started' AND a.actor_id = ?1 AND a.actor_kind = ?2`

/** One of which the log says that it was never begun is none. */
const FIND = `SELECT ${COLUMNS} FROM audit_log AS a
WHERE ${OWN} AND a.at >= ?4 AND a.after ->> '$.repeat' = ?3 AND NOT EXISTS (SELECT 1 FROM audit_log AS r
  WHERE r.target = a.target AND r.action = 'intent.reconciled' AND r.intent_seq = a.seq AND r.after ->> '$.outcome' = 'not_done')
ORDER BY a.seq DESC LIMIT 1`

/** The operation that somebody began under a key (its hash) since a time, ms. */
export async function findStarted(db: D1Database, actor: Actor, key: string, since: number): Promise<Started | undefined> {
  return (await db.prepare(FIND).bind(actor.id, actor.kind, key, since).first<Started>()) ?? undefined
}

const FIND_OPEN = `SELECT ${COLUMNS} FROM open_intents AS o JOIN audit_log AS a ON a.seq = o.seq
WHERE ${OWN} AND a.after ->> '$.repeat' IS NULL AND a.after ->> '$.fingerprint' = ?3 ORDER BY a.seq DESC LIMIT 1`

/** The operation that somebody asked for in the same words without a key, and of which nobody knows whether it began. */
export async function findUnanswered(db: D1Database, actor: Actor, fingerprint: string): Promise<Started | undefined> {
  return (await db.prepare(FIND_OPEN).bind(actor.id, actor.kind, fingerprint).first<Started>()) ?? undefined
}

/** Commits with the entry of its beginning: it is open until its row is known to be there. */
export function openStart(db: D1Database, { seq, at }: Pick<Started, 'seq' | 'at'>): D1PreparedStatement {
  return db.prepare('INSERT INTO open_intents (seq, at) VALUES (?, ?)').bind(seq, at)
}

export async function closeStart(db: D1Database, seq: number): Promise<void> {
  await db.prepare('DELETE FROM open_intents WHERE seq = ?').bind(seq).run()
}

const TOLD = `SELECT EXISTS (SELECT 1 FROM audit_log WHERE target = ?1 AND action = ?2 AND after ->> '$.since' = ?3) AS told`

/** Whether the audit log has this about an operation, as it is since a time. */
export async function isTold(db: D1Database, id: string, action: string, since: string): Promise<boolean> {
  return (await db.prepare(TOLD).bind(id, action, since).first<number>('told')) === 1
}
