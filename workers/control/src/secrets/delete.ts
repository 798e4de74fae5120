import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { findSecret } from './get.ts'
import { toAuditView, usersInWords, usersOf } from './to-api.ts'

/** Takes a secret away that nothing uses. Calls and checks go by the secrets in force, so nothing finds it from then on. */
export function deleteSecret(deps: ConfigDeps, by: ChangeContext, name: string, why: Why): Promise<Deleted> {
  return deleteItem(deps, by, { action: 'secret.deleted', target: `secret:${name}`, id: name }, why, (current) => {
    const before = findSecret(current, name)
    const users = usersInWords(usersOf(name, current))
    if (users !== '') throw new AppError('conflict', `It is still in use: ${users}.`)
    return { before: toAuditView(before), content: { secrets: current.secrets.filter((secret) => secret.name !== name) } }
  })
}
