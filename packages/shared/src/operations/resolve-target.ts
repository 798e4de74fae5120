import type { ConfigSnapshot } from '../contracts/config.ts'
import type { Connector, Operation } from '../contracts/connector.ts'
import type { Policy } from '../contracts/policy.ts'
import type { JobRow } from '../db/data-schema.ts'
import { err, ok, type Result } from '../core/result.ts'

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
 * The target of a job that pinned its configuration. What a fleet shares between all calls is of the configuration in force:
 * limits and breaker, which would otherwise be kept under two rules at once, the looser one winning, and the automatic pause.
 */
export function resolveJobTarget(
  pinned: ConfigSnapshot,
  inForce: ConfigSnapshot,
  job: Parameters<typeof resolveTarget>[1],
): Result<Target, string> {
  const target = resolveTarget(pinned, job)
  if (!target.ok || pinned.revision === inForce.revision) return target
  const newest = resolveTarget(inForce, job)
  if (!newest.ok || newest.value.policy.id !== target.value.policy.id) return target
  const { rateLimit, concurrency, circuitBreaker, autoPause } = newest.value.policy
  return ok({ ...target.value, policy: { ...target.value.policy, rateLimit, concurrency, circuitBreaker, autoPause } })
}

/**
 * A connector has one circuit breaker, under one setting: it tells how the upstream is, whoever calls it. A job's own policy may
 * do without it, but not set it otherwise.
 */
function withBreakerOf(own: Policy, override: Policy): Policy {
  if (override.circuitBreaker === null) return override
  return { ...override, circuitBreaker: own.circuitBreaker ?? override.circuitBreaker }
}
