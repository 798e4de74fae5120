import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { toAuditView, usersOf } from './to-api.ts'

/** Takes a secret away that nothing uses. Revisions of before keep its ciphertext: pinned jobs may still need it. */
export function deleteSecret(deps: ConfigDeps, by: ChangeContext, name: string, why: Why): Promise<Deleted> {
  return deleteItem(deps, by, { action: 'secret.deleted', target: `secret:${name}`, id: name }, why, (current) => {
    const before = current.secrets.find((secret) => secret.name === name)
    if (!before) throw new AppError('not_found', `There is no such secret: ${name}.`)
    const { providers, connectors } = usersOf(name, current)
    const users = [...providers.map((id) => `provider ${id}`), ...connectors.map((id) => `connector ${id}`)]
    if (users.length > 0) throw new AppError('conflict', `It is still in use: ${users.join(', ')}.`)
    return { before: toAuditView(before), content: { secrets: current.secrets.filter((secret) => secret.name !== name) } }
  })
}
