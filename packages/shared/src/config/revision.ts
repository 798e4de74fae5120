import type { ConfigSnapshot } from '../contracts/config.ts'
import { sha256Hex } from '../core/bytes.ts'
import { type ConfigBindings, CURRENT_KEY, readNewestText, revisionKey } from './snapshot-store.ts'

export type ConfigContent = Omit<ConfigSnapshot, 'revision' | 'publishedAt'>

/** The snapshot as what is published next: without the number and the time that it gets anew. */
export function contentOf({ revision: _revision, publishedAt: _publishedAt, ...content }: ConfigSnapshot): ConfigContent {
  return content
}

/** A snapshot with the text that is stored of it, everywhere the same. */
export interface Revision {
  snapshot: ConfigSnapshot
  text: string
  contentHash: string
}

/** Who published, and why. */
export interface RevisionAuthor {
  author: string
  reason: string
}

/** Times that the mirror follows a configuration that moves on while it is written. */
const MAX_MIRRORED = 8

/** What nobody has configured yet. Lists walk the first shard, and the sweep gives production's grace. */
export const EMPTY_CONTENT: ConfigContent = {
  providers: [],
  routes: [],
  connectors: [],
  operations: [],
  policies: [],
  secrets: [],
  breakerOverrides: [],
  pauses: [],
  clients: [],
  settings: { writeShard: 0, liveShards: [0], resendGraceMs: 120_000 },
}

/** JSON with sorted keys, so that equal content has equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** A revision of this content, under a number. `publishedAt` in ms. */
export async function createRevision(content: ConfigContent, revision: number, publishedAt: number): Promise<Revision> {
  const snapshot: ConfigSnapshot = { ...content, revision, publishedAt }
  return { snapshot, text: JSON.stringify(snapshot), contentHash: await sha256Hex(canonical(content)) }
}

/** The statement that makes a revision the one in force. The number is the primary key: of two writers, one fails. */
export function insertRevision(
  db: D1Database,
  { snapshot, text, contentHash }: Revision,
  by: RevisionAuthor,
): D1PreparedStatement {
  return db
    .prepare(
      'INSERT INTO config_revisions (revision, published_at, author, reason, content_hash, snapshot) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .bind(snapshot.revision, snapshot.publishedAt, by.author, by.reason, contentHash, text)
}

/**
 * Copies a published revision to R2: as a revision for the jobs that pin it, and as `config/current`. Only what CONTROL_DB holds
 * is ever copied, so a writer that lost its race leaves nothing behind under the winner's number. Writers may finish out of
 * order: each looks whether a newer revision came meanwhile, so that whoever ends last leaves the newest.
 */
export async function mirrorRevision(bindings: ConfigBindings, revision: { revision: number; text: string }): Promise<void> {
  let copied = revision
  for (let times = 0; times < MAX_MIRRORED; times++) {
    await bindings.PAYLOADS.put(revisionKey(copied.revision), copied.text)
    // Whoever asks whether it is up to date need not read all of it.
    await bindings.PAYLOADS.put(CURRENT_KEY, copied.text, { customMetadata: { revision: String(copied.revision) } })
    const newest = await readNewestText(bindings.CONTROL_DB)
    if (!newest || newest.revision <= copied.revision) return
    copied = newest
  }
}
