import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow } from '../config/edit.ts'
import { toAuditView } from './to-api.ts'

/** Takes a client away with all its keys. Jobs that it made go on. */
export async function deleteClient(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.clients, id, 'client')
    return {
      content: { ...contentOf(current), clients: current.clients.filter((client) => client.id !== id) },
      audit: { action: 'client.deleted', target: `client:${id}`, reason, before: toAuditView(before), after: null },
      value: { id, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
