import { mirrorRevision } from './revision.ts'
import { type ConfigBindings, CURRENT_KEY, latestRevision, readNewestText } from './snapshot-store.ts'

/**
 * Copies the revision in force to R2 where the copy there is older: R2 did not answer when it was published, or the answer of
 * CONTROL_DB was lost and nobody copied it. Answers which one it copied; null where nothing is missing. Rejects when either fails.
 */
export async function catchUpMirror(bindings: ConfigBindings): Promise<number | null> {
  const inForce = await latestRevision(bindings.CONTROL_DB)
  if (inForce === null) return null
  const copy = await bindings.PAYLOADS.head(CURRENT_KEY)
  // A copy that does not say which revision it is was made before copies did.
  if (Number(copy?.customMetadata?.['revision'] ?? -1) >= inForce) return null
  const newest = await readNewestText(bindings.CONTROL_DB)
  if (newest === null) return null
  await mirrorRevision(bindings, newest)
  return newest.revision
}
