import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { findOrThrow } from '../config/edit.ts'
import { toAuditView } from './to-api.ts'

/** Takes a client away with all its keys. Jobs that it made go on. */
export function deleteClient(deps: ConfigDeps, by: ChangeContext, id: string, why: Why): Promise<Deleted> {
  return deleteItem(deps, by, { action: 'client.deleted', target: `client:${id}`, id }, why, ({ clients }) => ({
    before: toAuditView(findOrThrow(clients, id, 'client')),
    content: { clients: clients.filter((client) => client.id !== id) },
  }))
}
