import { etagOf } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Operation } from '@orchestrator/shared/contracts/connector'
import type { OperationView } from '@orchestrator/shared/contracts/connector-api'
import { warningsOf } from './check.ts'

export function toOperationView(operation: Operation, config: ConfigSnapshot): OperationView {
  const { connector, name } = operation
  const routes = config.routes.flatMap((route) => (route.connector === connector && route.operation === name ? route.id : []))
  return { ...operation, etag: etagOf(operation), usedBy: { routes }, warnings: warningsOf(operation, config) }
}

/** How the audit log names it. */
export function targetOf({ connector, name }: Pick<Operation, 'connector' | 'name'>): string {
  return `operation:${connector}/${name}`
}
