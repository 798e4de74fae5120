import { configSnapshot, type ConfigSnapshot } from '../contracts/config.ts'

/** R2 keys: the snapshot in force, and every revision for the jobs that pinned it. */
export const CURRENT_KEY = 'config/current'
export const revisionKey = (revision: number): string => `config/revisions/${revision}`

export interface ConfigBindings {
  CONTROL_DB: D1Database
  PAYLOADS: R2Bucket
}

/** The newest revision number in CONTROL_DB; `null` when nothing was ever published. */
export async function latestRevision(db: D1Database): Promise<number | null> {
  return db.prepare('SELECT revision FROM config_revisions ORDER BY revision DESC LIMIT 1').first<number>('revision')
}

/** The newest revision in CONTROL_DB with the text of its snapshot; `null` when nothing was ever published. */
export async function readNewestText(db: D1Database): Promise<{ revision: number; text: string } | null> {
  return db
    .prepare('SELECT revision, snapshot AS text FROM config_revisions ORDER BY revision DESC LIMIT 1')
    .first<{ revision: number; text: string }>()
}

/** The newest snapshot in CONTROL_DB, or that of one revision. */
export async function readSnapshotFromDb(db: D1Database, revision?: number): Promise<ConfigSnapshot | null> {
  const text = await db
    .prepare('SELECT snapshot FROM config_revisions WHERE revision = coalesce(?1, revision) ORDER BY revision DESC LIMIT 1')
    .bind(revision ?? null)
    .first<string>('snapshot')
  return text === null ? null : configSnapshot.parse(JSON.parse(text))
}

/** The snapshot in R2: the one in force, or a pinned revision. */
export async function readSnapshotFromR2(bucket: R2Bucket, key: string = CURRENT_KEY): Promise<ConfigSnapshot | null> {
  const object = await bucket.get(key)
  return object === null ? null : configSnapshot.parse(JSON.parse(await object.text()))
}
