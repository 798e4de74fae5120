import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ChangedClient } from '@orchestrator/shared/contracts/client-api'
import type { ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow, withItem } from '../config/edit.ts'
import { toClientView } from './to-api.ts'

/** Lets a client in, or answers 401 to all that it sends. Repeatable. */
export async function setClientEnabled(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  enabled: boolean,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<ChangedClient> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.clients, id, 'client')
    const client = { ...before, enabled }
    return {
      content: { ...contentOf(current), clients: withItem(current.clients, client) },
      audit: {
        action: enabled ? 'client.enabled' : 'client.disabled',
        target: `client:${id}`,
        reason,
        before: { enabled: before.enabled },
        after: { enabled },
      },
      value: toClientView(client, by.at),
    }
  })
  return { ...value, ...changed }
}
