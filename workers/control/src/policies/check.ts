import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Policy } from '@orchestrator/shared/contracts/policy'

/** What works, but not as one might think. */
export function warningsOf(policy: Policy, config: ConfigSnapshot): string[] {
  const warnings: string[] = []
  const { rateLimit, retry, circuitBreaker } = policy
  if (rateLimit && rateLimit.burst === 0) {
    warnings.push('Its rate limit has no burst, so no permits can be lent out ahead: every call asks the limiter first.')
  }
  if (retry.maxAttempts > 1 && retry.budget === null) {
    warnings.push('Nothing bounds its retries together: while an upstream fails, calls of it may be several times as many.')
  }
  const replaced = replacedBreakers(policy.id, config)
  if (circuitBreaker && replaced.length > 0) {
    warnings.push(`Where it replaces the policy of ${replaced.join(', ')}, the breaker stays as that policy sets it.`)
  }
  return warnings
}

/** Connectors with a breaker under another policy, of which an operation or a route goes by this one. */
function replacedBreakers(id: string, { connectors, operations, routes, policies }: ConfigSnapshot): string[] {
  const used = new Set([...operations, ...routes].filter(({ policy }) => policy === id).map(({ connector }) => connector))
  return connectors.flatMap((connector) => {
    const own = policies.find((policy) => policy.id === connector.policy)
    return used.has(connector.id) && connector.policy !== id && own?.circuitBreaker ? connector.id : []
  })
}
