import { sha256Hex } from '../core/bytes.ts'
import type { ConfigSnapshot } from '../contracts/config.ts'
import { canonical, type ConfigContent, createRevision, insertRevision, mirrorRevision, type RevisionAuthor } from './revision.ts'
import type { ConfigBindings } from './snapshot-store.ts'

export type { ConfigContent }

/**
 * Publishes a revision: to CONTROL_DB, then to R2. The same content again is the same revision, copied to R2 once more in case
 * that failed before. For seeds and scripts; what people change goes through `changeConfig`, which audits it.
 */
export async function publishConfig(
  bindings: ConfigBindings,
  content: ConfigContent,
  by: RevisionAuthor & { now: number },
): Promise<ConfigSnapshot> {
  const newest = await bindings.CONTROL_DB.prepare(
    'SELECT revision, published_at AS publishedAt, content_hash AS contentHash FROM config_revisions ORDER BY revision DESC LIMIT 1',
  ).first<{ revision: number; publishedAt: number; contentHash: string }>()
  const same = newest?.contentHash === (await sha256Hex(canonical(content)))
  const revision = same
    ? await createRevision(content, newest.revision, newest.publishedAt)
    : await createRevision(content, (newest?.revision ?? 0) + 1, by.now)
  if (!same) await insertRevision(bindings.CONTROL_DB, revision, by).run()
  await mirrorRevision(bindings, { revision: revision.snapshot.revision, text: revision.text })
  return revision.snapshot
}
