import { endImpersonationsOf, findRunning, insertImpersonation } from '@orchestrator/shared/access/impersonations'
import type { Role } from '@orchestrator/shared/contracts/audit'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ChangedImpersonation, ImpersonationRequest } from '@orchestrator/shared/contracts/impersonation-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ImpersonationRow } from '@orchestrator/shared/db/control-schema'
import type { AuditContext } from '../audit/audit-context.ts'
import { findOrThrow, refuseIssues } from '../config/edit.ts'
import type { ImpersonationDeps } from './deps.ts'
import { parseActingAs, rolesToActWith } from './rules.ts'
import { toImpersonation } from './to-api.ts'

/**
 * Lets somebody act as a client or with a lower role for some minutes. One at a time: what of theirs still runs ends with it.
 * @throws AppError 400 for a role that is not theirs, 404 for a client that is not there, 409 while they act already.
 */
export async function startImpersonation(
  deps: ImpersonationDeps & { configInForce(): Promise<ConfigSnapshot> },
  by: AuditContext,
  own: readonly Role[],
  { as, minutes, reason }: ImpersonationRequest,
): Promise<ChangedImpersonation> {
  const acting = parseActingAs(as)
  if (acting.kind === 'role' && !rolesToActWith(own).includes(acting.role)) {
    const roles = rolesToActWith(own).map((role) => `role:${role}`)
    refuseIssues([{ path: 'as', message: `is no lower role of your own; you can act as ${roles.join(', ')} or client:<id>` }])
  }
  if (acting.kind === 'client' && !findOrThrow((await deps.configInForce()).clients, acting.client, 'client').enabled) {
    throw new AppError('conflict', `The client ${acting.client} is disabled: nobody can call as it, you neither.`)
  }
  const { kind, id: actorId } = by.actor
  if (kind === 'system') throw new Error('the system acts as nobody else')
  const found: ImpersonationRow = {
    id: deps.newImpersonationId(by.at),
    actorKind: kind,
    actorId,
    actingAs: as,
    reason,
    startedAt: by.at,
    expiresAt: by.at + minutes * 60_000,
    endedAt: null,
  }
  const { row } = await deps.changeAudited(() =>
    deps.control(async (db) => {
      const running = await findRunning(db, by.actor, by.at)
      return {
        entry: {
          ...by,
          action: 'impersonation.started',
          target: `impersonation:${found.id}`,
          reason,
          intentSeq: null,
          // They end with it, and no other row tells of that.
          before: running.length > 0 ? { running } : null,
          after: { actingAs: as, expiresAt: new Date(found.expiresAt).toISOString() },
        },
        statements: [endImpersonationsOf(db, by.actor, by.at), insertImpersonation(db, found)],
        value: found,
      }
    }),
  )
  return { ...toImpersonation(found, by.at), auditSeq: row?.seq ?? null }
}
