import { findImpersonation } from '@orchestrator/shared/access/impersonations'
import { IMPERSONATION_HEADER } from '@orchestrator/shared/contracts/impersonation-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { isId } from '@orchestrator/shared/core/ids'
import { recordRefusal } from '../audit/record-refusal.ts'
import type { ControlMiddleware } from '../context.ts'
import { refusalOf } from '../impersonation/rules.ts'

/** A request may name a running impersonation of its caller's own: from here on it acts as that says, and both are written down. */
export const impersonate: ControlMiddleware = async (c, next) => {
  const named = c.req.header(IMPERSONATION_HEADER)
  if (named !== undefined) {
    if (!isId('imp', named)) {
      throw new AppError('validation_failed', 'The header Orchestrator-Impersonation holds the id of one impersonation.', {
        issues: [{ path: 'Orchestrator-Impersonation', message: 'is one id, as POST /v1/impersonations answers it' }],
      })
    }
    const deps = c.get('deps')
    const found = await deps.control((db) => findImpersonation(db, named))
    const refusal = refusalOf(found, c.get('identity'), deps.now())
    if (refusal || !found) {
      await recordRefusal(c, `the impersonation ${named} does not carry it`, { reads: true })
      throw new AppError('forbidden', refusal ?? 'There is no such impersonation of yours.')
    }
    c.set('impersonation', { id: found.id, actingAs: found.actingAs })
  }
  await next()
}
