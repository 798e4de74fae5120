import { diffConfig } from '@orchestrator/shared/config/diff'
import { documentOf } from '@orchestrator/shared/config/document'
import { EMPTY_CONTENT } from '@orchestrator/shared/config/revision'
import { latestRevision } from '@orchestrator/shared/config/snapshot-store'
import type { ConfigRevisionDetail } from '@orchestrator/shared/contracts/config-document'
import type { RevisionDeps } from './deps.ts'
import { noSuchRevision } from './find.ts'
import { readRevision, readWithPrevious } from './queries.ts'
import { toSummary } from './to-api.ts'

/** One revision: what it declares, and what it changed. @throws AppError 404 */
export async function getRevision(deps: RevisionDeps, revision: number): Promise<ConfigRevisionDetail> {
  const [row, inForce, { config, previous }] = await deps.control((db) =>
    Promise.all([readRevision(db, revision), latestRevision(db), readWithPrevious(db, revision)]),
  )
  if (!row || !config) throw noSuchRevision(revision)
  return { ...toSummary(row, inForce), changes: diffConfig(previous ?? EMPTY_CONTENT, config), document: documentOf(config) }
}
