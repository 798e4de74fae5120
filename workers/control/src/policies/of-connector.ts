import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector } from '@orchestrator/shared/contracts/connector'
import type { Policy } from '@orchestrator/shared/contracts/policy'

/** The policies under which a connector is called: its own first, then those that replace it for operations and routes. */
export function policiesOfConnector({ id, policy: own }: Connector, config: ConfigSnapshot): Policy[] {
  const { operations, routes, policies } = config
  const others = [...operations, ...routes].flatMap(({ connector, policy }) => (connector === id ? (policy ?? []) : []))
  return [...new Set([own, ...others])].flatMap((name) => policies.find((one) => one.id === name) ?? [])
}
