import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { BreakerOverride } from '@orchestrator/shared/contracts/config'
import type { ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedConnector } from '@orchestrator/shared/contracts/connector-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow } from '../config/edit.ts'
import { toConnectorView } from './to-api.ts'

/**
 * Forces a connector's breaker open or closed, or (`null`) lets it decide by itself again. It stands in the configuration, so it
 * holds without the breaker. Repeatable.
 */
export async function setBreaker(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  state: BreakerOverride['state'] | null,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<ChangedConnector> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const connector = findOrThrow(current.connectors, id, 'connector')
    const before = current.breakerOverrides.find((override) => override.connector === id)?.state ?? null
    const others = current.breakerOverrides.filter((override) => override.connector !== id)
    const breakerOverrides = state === null ? others : [...others, { connector: id, state }]
    const content = { ...contentOf(current), breakerOverrides: before === state ? current.breakerOverrides : breakerOverrides }
    return {
      content,
      audit: {
        action: state === null ? 'breaker.released' : 'breaker.forced',
        target: `connector:${id}`,
        reason,
        before: { breaker: before },
        after: { breaker: state },
      },
      value: toConnectorView(connector, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
