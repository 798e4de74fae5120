import { errorMessage } from '@orchestrator/shared/core/errors'
import { shownPath } from '@orchestrator/shared/http/shown-path'
import type { ControlContext } from '../context.ts'
import { auditContext } from './audit-context.ts'

/**
 * Writes down that a known person was refused a change (or a read, while they act as somebody else), as far as {@link RefusalLimit} lets it. The refusal stands even when it cannot be
 * written down: then it is in the log, as an error.
 */
export async function recordRefusal(c: ControlContext, reason: string, { reads = false } = {}): Promise<void> {
  const onlyReads = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (onlyReads && !reads && c.get('impersonation') === undefined) return
  const deps = c.get('deps')
  const context = auditContext(c)
  const { actor, door } = context
  const target = `${c.req.method} ${shownPath(c.req.url)}`.slice(0, 500)
  const leftOut = deps.refusals.admit(`${actor.kind}:${actor.id}`, `${door} ${target} ${reason}`, context.at)
  if (leftOut === undefined) return
  const after = leftOut > 0 ? { refusalsLeftOut: leftOut } : null
  try {
    await deps.appendAudit({ ...context, action: 'access.refused', target, reason, intentSeq: null, before: null, after })
  } catch (error) {
    deps.logger.log('error', 'a refusal could not be audited', { actor: actor.id, cause: errorMessage(error) })
  }
}
