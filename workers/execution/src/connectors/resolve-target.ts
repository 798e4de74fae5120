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
  /** Whose limits it draws on where they have no key of their own: the connector's, or those of a policy that replaces its own. */
  limitScope: string
  /** JSONata that makes the input from the webhook's body; `null` for a job that carries its input. */
  mapping: string | null
}

/**
 * Finds a job's target in a configuration; the error says what is missing there. The operation's policy replaces its connector's,
 * the job's (its route's) replaces both.
 */
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
  const replacing = job.policy ?? operation.policy
  const override = replacing === null ? own : config.policies.find(({ id }) => id === replacing)
  if (!override) return missing(`policy “${replacing}”`)
  const policy = withBreakerOf(own, override)
  const limitScope = policy.id === own.id ? connector.id : `${connector.id}:${policy.id}`
  const target = { connector, operation, policy, limitScope }
  if (job.inboxId === null) return ok({ ...target, mapping: null })
  const route = config.routes.find(({ id }) => id === job.route)
  return route ? ok({ ...target, mapping: route.input }) : missing(`route “${job.route}”`)
}

/**
 * A connector has one circuit breaker, under one setting: it tells how the upstream is, whoever calls it. A job's own policy may
 * do without it, but not set it otherwise.
 */
function withBreakerOf(own: Policy, override: Policy): Policy {
  if (override.circuitBreaker === null) return override
  return { ...override, circuitBreaker: own.circuitBreaker ?? override.circuitBreaker }
}
