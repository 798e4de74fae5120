import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ChangedClient } from '@orchestrator/shared/contracts/client-api'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { changedFields, findOrThrow, refuseIssues, withItem } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import { checkClient } from './check.ts'
import { readClient } from './read-client.ts'
import { toAuditView, toClientView } from './to-api.ts'

/** Changes the fields that are given; each replaces the old one whole. It holds everywhere within seconds. */
export async function updateClient(deps: ConfigDeps, by: ChangeContext, id: string, json: unknown): Promise<ChangedClient> {
  const { fields, reason } = readWrite(json, reasonRequest)
  if (fields['id'] !== undefined && fields['id'] !== id) refuseIssues([{ path: 'id', message: 'cannot be changed' }])
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.clients, id, 'client')
    const client = readClient(before, fields)
    refuseIssues(checkClient(client, current))
    return {
      content: { ...contentOf(current), clients: withItem(current.clients, client) },
      audit: {
        action: 'client.updated',
        target: `client:${id}`,
        reason,
        ...changedFields(toAuditView(before), toAuditView(client)),
      },
      value: toClientView(client, by.at),
    }
  })
  return { ...value, ...changed }
}
