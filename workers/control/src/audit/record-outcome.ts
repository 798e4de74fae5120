import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

interface Deps {
  logger: Logger
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
}

/**
 * Writes what came of an intent. The change is made: that its outcome cannot be written down is ours to fix, and the intent still
 * tells of it.
 */
export async function recordOutcome(deps: Deps, entry: AuditEntryInput): Promise<AuditRow | undefined> {
  try {
    return await deps.appendAudit(entry)
  } catch (error) {
    const { target, action, intentSeq } = entry
    const cause = errorMessage(error)
    deps.logger.log('error', 'the outcome of an action could not be audited', { target, action, intentSeq, cause })
    return undefined
  }
}
