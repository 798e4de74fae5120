import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ChangedClient } from '@orchestrator/shared/contracts/client-api'
import type { ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow, withItem } from '../config/edit.ts'
import { toAuditKeys, toClientView } from './to-api.ts'

/** Takes a key away: within seconds it opens nothing any more. */
export async function revokeClientKey(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  keyId: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<ChangedClient> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.clients, id, 'client')
    findOrThrow(before.keys, keyId, 'key of this client')
    const client = { ...before, keys: before.keys.filter((key) => key.id !== keyId) }
    return {
      content: { ...contentOf(current), clients: withItem(current.clients, client) },
      audit: {
        action: 'client_key.revoked',
        target: `client:${id}/${keyId}`,
        reason,
        before: { keys: toAuditKeys(before.keys) },
        after: { keys: toAuditKeys(client.keys) },
      },
      value: toClientView(client, by.at),
    }
  })
  return { ...value, ...changed }
}
