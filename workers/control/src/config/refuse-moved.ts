import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'

/** @throws AppError 412 where another revision is in force than the plan was worked out against. */
export function refuseMoved({ revision }: ConfigSnapshot, baseRevision: number | undefined): void {
  if (baseRevision === undefined || baseRevision === revision) return
  throw new AppError(
    'precondition_failed',
    `Revision ${revision} is in force, no longer ${baseRevision}. Plan again, look whether it still does what you want, and do that.`,
    { extensions: { baseRevision: revision } },
  )
}
