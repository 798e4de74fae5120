import type { BreakerOverride, ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Target } from '@orchestrator/shared/operations/resolve-target'
import type { GatedCall } from './gates.ts'

/** What a call of a target is to the gates, under the configuration in force. */
export function gatedCall(
  { connector, operation, policy, limitScope }: Target,
  config: Pick<ConfigSnapshot, 'breakerOverrides'>,
  by: Pick<GatedCall, 'client' | 'input'>,
): GatedCall {
  const override = overrideOf(config, connector.id)
  return {
    connector: connector.id,
    operation: operation.name,
    policy,
    limitScope,
    override,
    resetAt: connector.breakerResetAt ?? 0,
    ...by,
  }
}

/** How operators force a connector's breaker, if they do. */
export function overrideOf(
  { breakerOverrides }: Pick<ConfigSnapshot, 'breakerOverrides'>,
  connector: string,
): BreakerOverride['state'] | undefined {
  return breakerOverrides.find((one) => one.connector === connector)?.state
}
