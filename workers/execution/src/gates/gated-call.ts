import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Target } from '@orchestrator/shared/operations/resolve-target'
import type { GatedCall } from './gates.ts'

/** What a call of a target is to the gates, under the configuration in force. */
export function gatedCall(
  { connector, operation, policy, limitScope }: Target,
  config: Pick<ConfigSnapshot, 'breakerOverrides' | 'connectors'>,
  by: Pick<GatedCall, 'client' | 'input'>,
): GatedCall {
  return {
    connector: connector.id,
    operation: operation.name,
    policy,
    limitScope,
    ...breakerDecisions(config, connector.id),
    ...by,
  }
}

/** What operators decided about a connector's breaker. It holds also for jobs that pinned a revision of before. */
export function breakerDecisions(
  { breakerOverrides, connectors }: Pick<ConfigSnapshot, 'breakerOverrides' | 'connectors'>,
  connector: string,
): Pick<GatedCall, 'override' | 'resetAt'> {
  return {
    override: breakerOverrides.find((one) => one.connector === connector)?.state,
    resetAt: connectors.find(({ id }) => id === connector)?.breakerResetAt ?? 0,
  }
}
