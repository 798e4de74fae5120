import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ChangedConnector } from '@orchestrator/shared/contracts/connector-api'
import type { ReplayRequest } from '@orchestrator/shared/contracts/control-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow, withItem } from '../config/edit.ts'
import { withPause } from '@orchestrator/shared/config/with-pause'
import { toConnectorView } from './to-api.ts'

/**
 * Holds what a connector would call, or lets it go on. Repeatable: where nothing is to change, nothing is published. Who takes a
 * pause away is remembered with its time, so that failures of before do not bring the pause back by themselves.
 */
export async function setConnectorPaused(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  paused: boolean,
  { reason }: ReplayRequest,
): Promise<ChangedConnector> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.connectors, id, 'connector')
    const { pauses, changes } = withPause(current.pauses, { kind: 'connector', id }, paused)
    const connector = changes && !paused ? { ...before, resumedAt: by.at } : before
    const content = { ...contentOf(current), pauses, connectors: withItem(current.connectors, connector) }
    return {
      content,
      audit: {
        action: paused ? 'connector.paused' : 'connector.resumed',
        target: `connector:${id}`,
        reason,
        before: { paused: !paused },
        after: { paused },
      },
      value: toConnectorView(connector, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
