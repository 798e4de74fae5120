import type { Actor } from '../contracts/audit.ts'
import type { ImpersonationRow } from '../db/control-schema.ts'
import { retryD1 } from '../db/retry.ts'

const COLUMNS = `id, actor_kind AS actorKind, actor_id AS actorId, acting_as AS actingAs, reason, started_at AS startedAt,
  expires_at AS expiresAt, ended_at AS endedAt`

export function findImpersonation(db: D1Database, id: string): Promise<ImpersonationRow | null> {
  return retryD1(() => db.prepare(`SELECT ${COLUMNS} FROM impersonations WHERE id = ?`).bind(id).first<ImpersonationRow>())
}

/** Before an id, the last begun first: ids tell when they were minted. */
export async function listImpersonations(db: D1Database, before: string | null, limit: number): Promise<ImpersonationRow[]> {
  const found = await retryD1(() =>
    db
      .prepare(`SELECT ${COLUMNS} FROM impersonations WHERE id < ? ORDER BY id DESC LIMIT ?`)
      .bind(before ?? '~', limit)
      .all<ImpersonationRow>(),
  )
  return found.results
}

export function insertImpersonation(db: D1Database, row: ImpersonationRow): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO impersonations (id, actor_kind, actor_id, acting_as, reason, started_at, expires_at, ended_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(row.id, row.actorKind, row.actorId, row.actingAs, row.reason, row.startedAt, row.expiresAt, row.endedAt)
}

/** Ends one that runs. */
export function endImpersonation(db: D1Database, id: string, now: number): D1PreparedStatement {
  return db.prepare('UPDATE impersonations SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL').bind(id, now)
}

const RUNNING = 'actor_id = ?2 AND actor_kind = ?1 AND ended_at IS NULL AND expires_at > ?3'

/** The ids of somebody's that run. */
export async function findRunning(db: D1Database, { kind, id }: Actor, now: number): Promise<string[]> {
  const sql = `SELECT id FROM impersonations WHERE ${RUNNING} ORDER BY id`
  const found = await retryD1(() => db.prepare(sql).bind(kind, id, now).all<{ id: string }>())
  return found.results.map((row) => row.id)
}

/** Ends whatever of somebody's runs. */
export function endImpersonationsOf(db: D1Database, { kind, id }: Actor, now: number): D1PreparedStatement {
  return db.prepare(`UPDATE impersonations SET ended_at = ?3 WHERE ${RUNNING}`).bind(kind, id, now)
}
