import type { ChangeContext } from '@orchestrator/shared/config/change'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedConnector } from '@orchestrator/shared/contracts/connector-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { refuseIssues } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import { checkConnector } from './check.ts'
import { type LookUpDeps, lookUpAddresses } from './look-up.ts'
import { readConnector } from './read-connector.ts'
import { toAuditView, toConnectorView } from './to-api.ts'

/** A new connector: one more outside service that can be called. */
export async function createConnector(
  deps: ConfigDeps & LookUpDeps,
  by: ChangeContext,
  json: unknown,
): Promise<ChangedConnector> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const connector = readConnector(null, fields)
  const { id } = connector
  const oddities = await lookUpAddresses(deps, fields)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    if (current.connectors.some((one) => one.id === id)) throw new AppError('conflict', `There is a connector ${id} already.`)
    refuseIssues(checkConnector(connector, current, deps.egressRules))
    const content = { ...contentOf(current), connectors: [...current.connectors, connector] }
    return {
      content,
      audit: { action: 'connector.created', target: `connector:${id}`, reason, before: null, after: toAuditView(connector) },
      value: toConnectorView(connector, { ...current, ...content }),
    }
  })
  return { ...value, ...changed, warnings: [...value.warnings, ...oddities] }
}
