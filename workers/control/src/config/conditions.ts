import { etagOfTarget } from '@orchestrator/shared/config/etag'
import type { ChangeOptions } from '@orchestrator/shared/config/change'
import { AppError } from '@orchestrator/shared/core/errors'
import { type IfMatch, readIfMatch, refuseStale } from './if-match.ts'
import { refuseIssues } from './edit.ts'
import { previewOf } from './effects.ts'

/** What a request asks of the change it makes. */
export interface WriteConditions {
  /** What must be there for the change to be made (RFC 9110, section 13.1.1); null: whatever is there. */
  ifMatch: IfMatch | null
  /** `?dryRun=true`: show what it would do, and do nothing. */
  dryRun: boolean
}

export const UNCONDITIONAL: WriteConditions = { ifMatch: null, dryRun: false }

/**
 * The conditions of a request, whose route changes the configuration, or something else. Only the configuration has versions and can
 * show a change beforehand: who asks the others for that must not change anything in the belief that it was heard.
 * @throws AppError 400 where a condition cannot be read or kept, 412 for a tag of something that has none.
 */
export function readConditions(request: Request, changesConfig: boolean): WriteConditions {
  const [dryRun = null, ...more] = new URL(request.url).searchParams.getAll('dryRun')
  if (dryRun !== null && !changesConfig) {
    refuseIssues([{ path: 'dryRun', message: 'only changes of the configuration can be shown beforehand: leave it out' }])
  }
  if ((dryRun !== null && dryRun !== 'true' && dryRun !== 'false') || more.length > 0) {
    refuseIssues([{ path: 'dryRun', message: 'is true or false' }])
  }
  const header = request.headers.get('if-match')
  const ifMatch = header === null ? null : readIfMatch(header)
  if (ifMatch !== null && ifMatch !== '*' && !changesConfig) {
    throw new AppError('precondition_failed', 'Only the configuration has versions that If-Match can name: leave the header out.')
  }
  return { ifMatch, dryRun: dryRun === 'true' }
}

/** The conditions as `changeConfig` takes them. */
export function checksOf({ ifMatch, dryRun }: WriteConditions): Pick<ChangeOptions, 'guard' | 'preview'> {
  return {
    guard: ifMatch === null ? undefined : (current, target) => refuseStale(ifMatch, etagOfTarget(current, target), target),
    preview: dryRun ? previewOf : undefined,
  }
}
