import type { ChangeContext } from '@orchestrator/shared/config/change'
import { isProviderPaused } from '@orchestrator/shared/config/etag'
import { contentOf } from '@orchestrator/shared/config/revision'
import { withPause } from '@orchestrator/shared/config/with-pause'
import type { ChangedProvider } from '@orchestrator/shared/contracts/config-api'
import type { ReplayRequest } from '@orchestrator/shared/contracts/control-api'
import type { ConfigDeps } from '../config/deps.ts'
import { findOrThrow, withItem } from '../config/edit.ts'
import { toProviderView } from './to-api.ts'

/**
 * Holds the jobs of a provider, or lets them go on. Its webhooks are accepted all the same, and those made while it is paused wait with
 * the others; the sweep sends them once it is resumed. Repeatable: where nothing is to change, nothing is published.
 */
export async function setProviderPaused(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  paused: boolean,
  { reason }: ReplayRequest,
): Promise<ChangedProvider> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.providers, id, 'provider')
    const was = isProviderPaused(before, current)
    const provider = was === paused ? before : { ...before, paused }
    // A provider may be held in two ways, and resuming it ends both.
    const pauses = paused ? current.pauses : withPause(current.pauses, { kind: 'provider', id }, false).pauses
    const content = { ...contentOf(current), pauses, providers: withItem(current.providers, provider) }
    return {
      content,
      audit: {
        action: paused ? 'provider.paused' : 'provider.resumed',
        target: `provider:${id}`,
        reason,
        before: { paused: was },
        after: { paused },
      },
      value: toProviderView(provider, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
