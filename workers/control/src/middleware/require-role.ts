import type { Identity } from '@orchestrator/shared/access/rejection'
import { ROLE_PURPOSES } from '@orchestrator/shared/access/roles'
import { ROLES, type Role } from '@orchestrator/shared/contracts/audit'
import { AppError } from '@orchestrator/shared/core/errors'
import { recordRefusal } from '../audit/record-refusal.ts'
import { parseActingAs, rolesWhile } from '../impersonation/rules.ts'
import type { ControlMiddleware } from '../context.ts'

/** Lets in who has one of the roles; a known person without it is told who they are to us, and what to ask whom for. */
export function requireRole(needed: readonly Role[]): ControlMiddleware {
  return async (c, next) => {
    const identity = c.get('identity')
    const own = await c.get('deps').roles(identity)
    const impersonation = c.get('impersonation')
    const held = impersonation ? rolesWhile(parseActingAs(impersonation.actingAs), own) : own
    c.set('roles', held)
    if (!needed.some((role) => held.includes(role))) {
      await recordRefusal(c, `the role ${needed.join(' or ')} is needed`)
      if (impersonation) throw whileActing(impersonation.actingAs, needed)
      throw refusal(identity, needed, held, c.env.ACCESS_CONTACT)
    }
    await next()
  }
}

function whileActing(as: string, needed: readonly Role[]): AppError {
  const how = as.startsWith('client:')
    ? 'a client has no role here. Call as it by POST /v1/impersonations/:id/call, or leave the header Orchestrator-Impersonation out.'
    : 'leave the header Orchestrator-Impersonation out to act as yourself.'
  return new AppError('forbidden', `This needs the role ${needed.join(' or ')}, and you act as ${as}: ${how}`)
}

function refusal(who: Identity, needed: readonly Role[], held: readonly Role[], contact: string | undefined): AppError {
  const role = needed.join(' or ')
  const groups = who.kind === 'user' ? (who.groups ?? []) : []
  const you = who.kind === 'user' ? who.id : `the service token ${who.id}`
  const ask = `Ask an administrator${contact === undefined ? '' : ` (${contact})`} to bind the role ${role} to ${you}${groups.length > 0 ? ', or to one of your groups' : ''}.`
  const message =
    held.length === 0
      ? `You are ${you} here${groups.length > 0 ? ` (groups: ${groups.join(', ')})` : ''}, and have no role in Orchestrator. ${ask} ${ROLES_IN_WORDS}`
      : `This needs the role ${role}; ${you} has ${held.join(', ')}. ${ask}`
  const extensions = { actor: { kind: who.kind, id: who.id }, groups, roles: held, neededRoles: needed, contact: contact ?? null }
  return new AppError('forbidden', message, { extensions })
}

const ROLES_IN_WORDS = `The roles: ${ROLES.map((role) => `${role} ${ROLE_PURPOSES[role]}`).join('. ')}.`
