import { endImpersonation, findImpersonation } from '@orchestrator/shared/access/impersonations'
import type { ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedImpersonation } from '@orchestrator/shared/contracts/impersonation-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditContext } from '../audit/audit-context.ts'
import type { ImpersonationDeps } from './deps.ts'
import { toImpersonation } from './to-api.ts'

/** Ends an impersonation before its time, one's own or, since only administrators come here, somebody else's. Repeatable. */
export async function endRunning(
  deps: ImpersonationDeps,
  by: AuditContext,
  id: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<ChangedImpersonation> {
  const { row, value } = await deps.changeAudited(() =>
    deps.control(async (db) => {
      const found = await findImpersonation(db, id)
      if (!found) throw new AppError('not_found', `There is no such impersonation: ${id}.`)
      if (found.endedAt !== null || found.expiresAt <= by.at) return { entry: null, statements: [], value: found }
      return {
        entry: {
          ...by,
          action: 'impersonation.ended',
          target: `impersonation:${id}`,
          reason,
          intentSeq: null,
          before: { actor: found.actorId, actingAs: found.actingAs },
          after: null,
        },
        statements: [endImpersonation(db, id, by.at)],
        value: { ...found, endedAt: by.at },
      }
    }),
  )
  return { ...toImpersonation(value, by.at), auditSeq: row?.seq ?? null }
}
