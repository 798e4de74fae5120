import type { ChangeContext } from '@orchestrator/shared/config/change'
import { contentOf } from '@orchestrator/shared/config/revision'
import type { ChangedConnector } from '@orchestrator/shared/contracts/connector-api'
import type { ReplayRequest } from '@orchestrator/shared/contracts/control-api'
import type { ConfigDeps } from '../config/deps.ts'
import { findOrThrow, withItem } from '../config/edit.ts'
import { toConnectorView } from './to-api.ts'

/**
 * Lets a connector's breaker begin anew: closed, with nothing seen. It stands in the configuration as the time of the last reset,
 * so it holds also where execution is down now; each reset is a new one. A breaker that is forced stays so.
 */
export async function resetBreaker(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  { reason }: ReplayRequest,
): Promise<ChangedConnector> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.connectors, id, 'connector')
    // Later than the last, whatever the clocks of two machines say: breakers take only what is newer.
    const breakerResetAt = Math.max(by.at, (before.breakerResetAt ?? 0) + 1)
    const connector = { ...before, breakerResetAt }
    const content = { ...contentOf(current), connectors: withItem(current.connectors, connector) }
    return {
      content,
      audit: {
        action: 'breaker.reset',
        target: `connector:${id}`,
        reason,
        before: { breakerResetAt: before.breakerResetAt },
        after: { breakerResetAt },
      },
      value: toConnectorView(connector, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
