import { sha256Hex } from '../core/bytes.ts'
import type { ConfigSnapshot } from '../contracts/config.ts'
import { CURRENT_KEY, type ConfigBindings, latestRevision, revisionKey } from './snapshot-store.ts'

export type ConfigContent = Omit<ConfigSnapshot, 'revision' | 'publishedAt'>

/** JSON with sorted keys, so that equal content has equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/**
 * Publishes a revision: to R2 as a revision, to CONTROL_DB, then to R2 as `config/current`. The same content again is the same
 * revision, written to R2 once more in case that failed before.
 */
export async function publishConfig(
  bindings: ConfigBindings,
  content: ConfigContent,
  by: { author: string; reason: string; now: number },
): Promise<ConfigSnapshot> {
  const contentHash = await sha256Hex(canonical(content))
  const newest = await bindings.CONTROL_DB.prepare(
    'SELECT revision, published_at, content_hash FROM config_revisions ORDER BY revision DESC LIMIT 1',
  ).first<{ revision: number; published_at: number; content_hash: string }>()
  const same = newest?.content_hash === contentHash
  const snapshot: ConfigSnapshot = {
    ...content,
    revision: same ? newest.revision : ((await latestRevision(bindings.CONTROL_DB)) ?? 0) + 1,
    publishedAt: same ? newest.published_at : by.now,
  }
  const text = JSON.stringify(snapshot)
  // Before anybody can pin it.
  await bindings.PAYLOADS.put(revisionKey(snapshot.revision), text)
  if (!same) {
    await bindings.CONTROL_DB.prepare(
      'INSERT INTO config_revisions (revision, published_at, author, reason, content_hash, snapshot) VALUES (?, ?, ?, ?, ?, ?)',
    )
      .bind(snapshot.revision, snapshot.publishedAt, by.author, by.reason, contentHash, text)
      .run()
  }
  await bindings.PAYLOADS.put(CURRENT_KEY, text)
  return snapshot
}
