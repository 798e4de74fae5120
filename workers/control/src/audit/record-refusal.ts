import { errorMessage } from '@orchestrator/shared/core/errors'
import type { ControlContext } from '../context.ts'
import { auditContext } from './audit-context.ts'

/**
 * Writes down that a known person was refused a change. The refusal stands even when it cannot be written down: then it
 * is in the log, as an error.
 */
export async function recordRefusal(c: ControlContext, reason: string): Promise<void> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return
  const deps = c.get('deps')
  try {
    await deps.appendAudit({
      ...auditContext(c),
      action: 'access.refused',
      target: `${c.req.method} ${c.req.path}`.slice(0, 500),
      reason,
      intentSeq: null,
      before: null,
      after: null,
    })
  } catch (error) {
    deps.logger.log('error', 'a refusal could not be audited', { actor: c.get('identity').id, cause: errorMessage(error) })
  }
}
