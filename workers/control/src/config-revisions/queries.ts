import { readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'

/** A revision without its content. `publishedAt` in ms. */
export interface RevisionRow {
  revision: number
  publishedAt: number
  author: string
  reason: string
}

const COLUMNS = 'revision, published_at AS publishedAt, author, reason'

/** Revisions below a number, newest first. */
export async function readRevisions(db: D1Database, below: number | null, limit: number): Promise<RevisionRow[]> {
  const found = await db
    .prepare(`SELECT ${COLUMNS} FROM config_revisions WHERE revision < ? ORDER BY revision DESC LIMIT ?`)
    .bind(below ?? Number.MAX_SAFE_INTEGER, limit)
    .all<RevisionRow>()
  return found.results
}

export function readRevision(db: D1Database, revision: number): Promise<RevisionRow | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM config_revisions WHERE revision = ?`).bind(revision).first<RevisionRow>()
}

/** The content of a revision and of the one before it, which the first one has not. */
export async function readWithPrevious(
  db: D1Database,
  revision: number,
): Promise<{ config: ConfigSnapshot | null; previous: ConfigSnapshot | null }> {
  const before = await db
    .prepare('SELECT revision FROM config_revisions WHERE revision < ? ORDER BY revision DESC LIMIT 1')
    .bind(revision)
    .first<number>('revision')
  const [config, previous] = await Promise.all([
    readSnapshotFromDb(db, revision),
    before === null ? null : readSnapshotFromDb(db, before),
  ])
  return { config, previous }
}
