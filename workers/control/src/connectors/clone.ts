import { type Connector, UNTOUCHED } from '@orchestrator/shared/contracts/connector'
import type { ConnectorView } from '@orchestrator/shared/contracts/connector-api'
import type { Cloning } from '../config/clone-item.ts'
import { refuseIssues } from '../config/edit.ts'
import { checkOperation } from '../operations/check.ts'
import { checkConnector } from './check.ts'
import { type LookUpDeps, lookUpAddresses } from './look-up.ts'
import { readConnector } from './read-connector.ts'
import { toAuditView, toConnectorView } from './to-api.ts'

/** A clone comes with the operations of its source, and begins without a pause, and with a breaker that decides by itself. */
export function connectorCloning(deps: LookUpDeps): Cloning<Connector, ConnectorView> {
  const { egressRules } = deps
  return {
    kind: 'connector',
    items: ({ connectors }) => connectors,
    lookUp: (fields) => lookUpAddresses(deps, fields),
    read: (source, fields) => readConnector({ ...source, ...UNTOUCHED }, fields),
    add(clone, current, source) {
      refuseIssues(checkConnector(clone, current, egressRules))
      const operations = current.operations.filter(({ connector }) => connector === source.id)
      const cloned = operations.map((operation) => ({ ...operation, connector: clone.id }))
      for (const operation of cloned) {
        const issues = checkOperation(operation, clone, current, egressRules)
        refuseIssues(issues.map(({ path, message }) => ({ path: `operations.${operation.name}.${path}`, message })))
      }
      return { connectors: [...current.connectors, clone], operations: [...current.operations, ...cloned] }
    },
    toAudit: toAuditView,
    toView: toConnectorView,
  }
}
