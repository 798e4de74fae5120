import type { ChangeContext } from '@orchestrator/shared/config/change'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedConnector } from '@orchestrator/shared/contracts/connector-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { changedFields, findOrThrow, refuseIssues, withItem } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import { checkConnector } from './check.ts'
import { type LookUpDeps, lookUpAddresses } from './look-up.ts'
import { readConnector } from './read-connector.ts'
import { toAuditView, toConnectorView } from './to-api.ts'

/** Changes the fields that are given; each replaces the old one whole. Jobs that exist go on with the revision they pinned. */
export async function updateConnector(
  deps: ConfigDeps & LookUpDeps,
  by: ChangeContext,
  id: string,
  json: unknown,
): Promise<ChangedConnector> {
  const { fields, reason } = readWrite(json, reasonRequest)
  if (fields['id'] !== undefined && fields['id'] !== id) refuseIssues([{ path: 'id', message: 'cannot be changed' }])
  const oddities = await lookUpAddresses(deps, fields)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.connectors, id, 'connector')
    const connector = readConnector(before, fields)
    refuseIssues(checkConnector(connector, current, deps.egressRules))
    const content = { ...contentOf(current), connectors: withItem(current.connectors, connector) }
    return {
      content,
      audit: {
        action: 'connector.updated',
        target: `connector:${id}`,
        reason,
        ...changedFields(toAuditView(before), toAuditView(connector)),
      },
      value: toConnectorView(connector, { ...current, ...content }),
    }
  })
  return { ...value, ...changed, warnings: [...value.warnings, ...oddities] }
}
