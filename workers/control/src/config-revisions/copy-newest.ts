import type { Logger } from '@orchestrator/shared/telemetry/logger'

interface Deps {
  logger: Logger
  /** Copies the revision in force to R2 where it is missing there, and answers which. */
  catchUpMirror(): Promise<number | null>
}

/** R2 has the revision in force within a minute, whatever became of the copy that its writer was to make. */
export async function copyNewestRevision(deps: Deps): Promise<void> {
  const revision = await deps.catchUpMirror()
  if (revision !== null) deps.logger.log('info', 'a revision that was missing in R2 was copied there', { revision })
}
