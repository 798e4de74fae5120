import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ChangedProvider, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow, withItem } from '../config/edit.ts'
import { toProviderView } from './to-api.ts'

/** Lets a provider take webhooks, or answer 503 so that its sender tries again later. Repeatable. */
export async function setProviderEnabled(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  enabled: boolean,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<ChangedProvider> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.providers, id, 'provider')
    const provider = { ...before, enabled }
    const content = { ...contentOf(current), providers: withItem(current.providers, provider) }
    return {
      content,
      audit: {
        action: enabled ? 'provider.enabled' : 'provider.disabled',
        target: `provider:${id}`,
        reason,
        before: { enabled: before.enabled },
        after: { enabled },
      },
      value: toProviderView(provider, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
