import { diffConfig } from '@orchestrator/shared/config/diff'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ConfigComparison } from '@orchestrator/shared/contracts/config-document'
import * as z from 'zod'
import type { RevisionDeps } from './deps.ts'
import { findRevision } from './find.ts'

/** Compared with the one in force unless told otherwise. */
export const compareQuery = z.strictObject({ with: z.coerce.number().int().positive().optional() })

/** What leads from one revision to another, whichever is older. @throws AppError 404 */
export async function compareRevisions(
  deps: RevisionDeps & { configInForce(): Promise<ConfigSnapshot> },
  revision: number,
  query: z.output<typeof compareQuery>,
): Promise<ConfigComparison> {
  const [from, to] = await Promise.all([
    findRevision(deps, revision),
    query.with === undefined ? deps.configInForce() : findRevision(deps, query.with),
  ])
  return { from: from.revision, to: to.revision, changes: diffConfig(from, to) }
}
