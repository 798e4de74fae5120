import type { Role } from '@orchestrator/shared/contracts/audit'
import { AppError } from '@orchestrator/shared/core/errors'
import { recordRefusal } from '../audit/record-refusal.ts'
import type { ControlMiddleware } from '../context.ts'

/** Lets in who has one of the roles; a known person without it is told what to ask for. */
export function requireRole(needed: readonly Role[]): ControlMiddleware {
  return async (c, next) => {
    const identity = c.get('identity')
    const held = await c.get('deps').roles(identity)
    c.set('roles', held)
    if (!needed.some((role) => held.includes(role))) {
      await recordRefusal(c, `the role ${needed.join(' or ')} is needed`)
      throw new AppError('forbidden', refusal(identity.id, needed, held))
    }
    await next()
  }
}

function refusal(who: string, needed: readonly Role[], held: readonly Role[]): string {
  const role = needed.join(' or ')
  return held.length === 0
    ? `${who} has no role in Orchestrator. Ask an administrator to bind the role ${role} to it.`
    : `This needs the role ${role}; ${who} has ${held.join(', ')}. Ask an administrator to bind it.`
}
