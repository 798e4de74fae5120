import type { ConfigSnapshot, Connector, Operation } from '@orchestrator/shared/contracts/config'
import type { Policy } from '@orchestrator/shared/contracts/policy'
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
  job: { connector: string; operation: string; route: string | null; inboxId: string | null },
): Result<Target, string> {
  const missing = (what: string) => err(`revision ${config.revision} of the configuration has no ${what}`)
  const connector = config.connectors.find(({ id }) => id === job.connector)
  if (!connector) return missing(`connector “${job.connector}”`)
  const operation = config.operations.find((one) => one.connector === job.connector && one.name === job.operation)
  if (!operation) return missing(`operation “${job.operation}” of connector “${job.connector}”`)
  const policy = config.policies.find(({ id }) => id === connector.policy)
  if (!policy) return missing(`policy “${connector.policy}”`)
  if (job.inboxId === null) return ok({ connector, operation, policy, mapping: null })
  const route = config.routes.find(({ id }) => id === job.route)
  return route ? ok({ connector, operation, policy, mapping: route.input }) : missing(`route “${job.route}”`)
}
