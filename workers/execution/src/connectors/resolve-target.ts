import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector, Operation } from '@orchestrator/shared/contracts/connector'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { err, ok, type Result } from '@orchestrator/shared/core/result'

/** What a job calls, and under which policy. */
export interface Target {
  connector: Connector
  operation: Operation
  policy: Policy
  /** JSONata that makes the input from the webhook's body; `null` for a job that carries its input. */
  mapping: string | null
}

/** Finds a job's target in a configuration; the error says what is missing there. */
export function resolveTarget(
  config: ConfigSnapshot,
  job: Pick<JobRow, 'connector' | 'operation' | 'route' | 'inboxId' | 'policy'>,
): Result<Target, string> {
  const missing = (what: string) => err(`revision ${config.revision} of the configuration has no ${what}`)
  const connector = config.connectors.find(({ id }) => id === job.connector)
  if (!connector) return missing(`connector “${job.connector}”`)
  const operation = config.operations.find((one) => one.connector === job.connector && one.name === job.operation)
  if (!operation) return missing(`operation “${job.operation}” of connector “${job.connector}”`)
  const own = config.policies.find(({ id }) => id === connector.policy)
  if (!own) return missing(`policy “${connector.policy}”`)
  const override = job.policy === null ? own : config.policies.find(({ id }) => id === job.policy)
  if (!override) return missing(`policy “${job.policy}”`)
  const policy = withBreakerOf(own, override)
  if (job.inboxId === null) return ok({ connector, operation, policy, mapping: null })
  const route = config.routes.find(({ id }) => id === job.route)
  return route ? ok({ connector, operation, policy, mapping: route.input }) : missing(`route “${job.route}”`)
}

/**
 * A connector has one circuit breaker, under one setting: it tells how the upstream is, whoever calls it. A job's own policy may
 * do without it, but not set it otherwise.
 */
function withBreakerOf(own: Policy, override: Policy): Policy {
  if (override.circuitBreaker === null) return override
  return { ...override, circuitBreaker: own.circuitBreaker ?? override.circuitBreaker }
}

/** Whose rate limit a job draws on: the connector's, or that of the policy which replaces its own. */
export function rateLimitKey(config: Pick<ConfigSnapshot, 'connectors'>, job: Pick<JobRow, 'connector' | 'policy'>): string {
  const own = config.connectors.find(({ id }) => id === job.connector)?.policy
  return job.policy === null || job.policy === own ? job.connector : `${job.connector}:${job.policy}`
}
