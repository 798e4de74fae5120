import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ChangedClient } from '@orchestrator/shared/contracts/client-api'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { refuseIssues } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import { checkClient } from './check.ts'
import { readClient } from './read-client.ts'
import { toAuditView, toClientView } from './to-api.ts'

/** A new client, still without a key. */
export async function createClient(deps: ConfigDeps, by: ChangeContext, json: unknown): Promise<ChangedClient> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const client = readClient(null, fields)
  const { id } = client
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    if (current.clients.some((one) => one.id === id)) throw new AppError('conflict', `There is a client ${id} already.`)
    refuseIssues(checkClient(client, current))
    return {
      content: { ...contentOf(current), clients: [...current.clients, client] },
      audit: { action: 'client.created', target: `client:${id}`, reason, before: null, after: toAuditView(client) },
      value: toClientView(client, by.at),
    }
  })
  return { ...value, ...changed }
}
