import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ExecuteRequest } from '@orchestrator/shared/contracts/execution-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { resolveTarget, type Target } from '@orchestrator/shared/operations/resolve-target'

/**
 * What a request calls, under the operation's own policy where it has one.
 * @throws AppError 404 where the configuration does not know it, 503 where it contradicts itself.
 */
export function findTarget(
  config: ConfigSnapshot,
  { connector, operation: name }: Pick<ExecuteRequest, 'connector' | 'operation'>,
): Target {
  if (!config.connectors.some(({ id }) => id === connector)) {
    throw new AppError('not_found', `There is no connector “${connector}”.`)
  }
  const operation = config.operations.find((one) => one.connector === connector && one.name === name)
  if (!operation) throw new AppError('not_found', `The connector “${connector}” has no operation “${name}”.`)
  const target = resolveTarget(config, { connector, operation: name, route: null, inboxId: null, policy: null })
  if (!target.ok) throw new AppError('connector_misconfigured', `The connector “${connector}” cannot be called: ${target.error}.`)
  return target.value
}
