import { readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'
import type { RevisionDeps } from './deps.ts'

export const noSuchRevision = (revision: number | string): AppError =>
  new AppError('not_found', `There is no revision ${revision}; GET /v1/config-revisions lists them.`)

/** What was published under a number. @throws AppError 404 */
export async function findRevision(deps: RevisionDeps, revision: number): Promise<ConfigSnapshot> {
  const config = await deps.control((db) => readSnapshotFromDb(db, revision))
  if (!config) throw noSuchRevision(revision)
  return config
}
