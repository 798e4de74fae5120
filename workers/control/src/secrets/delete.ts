import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { toAuditView, usersOf } from './to-api.ts'

/** Takes a secret away that nothing uses. Revisions of before keep its ciphertext: pinned jobs may still need it. */
export async function deleteSecret(
  deps: ConfigDeps,
  by: ChangeContext,
  name: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = current.secrets.find((secret) => secret.name === name)
    if (!before) throw new AppError('not_found', `There is no such secret: ${name}.`)
    const { providers, connectors } = usersOf(name, current)
    const users = [...providers.map((id) => `provider ${id}`), ...connectors.map((id) => `connector ${id}`)]
    if (users.length > 0) throw new AppError('conflict', `It is still in use: ${users.join(', ')}.`)
    return {
      content: { ...contentOf(current), secrets: current.secrets.filter((secret) => secret.name !== name) },
      audit: { action: 'secret.deleted', target: `secret:${name}`, reason, before: toAuditView(before), after: null },
      value: { id: name, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
