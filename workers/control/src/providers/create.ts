import type { ChangeContext } from '@orchestrator/shared/config/change'
import { type ChangedProvider, reasonRequest } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { readWrite } from '../config/read-input.ts'
import { readProvider, refuseUnsound } from './read-provider.ts'
import { toAuditView, toProviderView } from './to-api.ts'

/** A new provider: one more address that a sender posts to. */
export async function createProvider(deps: ConfigDeps, by: ChangeContext, json: unknown): Promise<ChangedProvider> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const provider = readProvider({}, fields)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    if (current.providers.some(({ id }) => id === provider.id)) {
      throw new AppError('conflict', `There is a provider ${provider.id} already.`)
    }
    refuseUnsound(provider, current)
    const content = { ...contentOf(current), providers: [...current.providers, provider] }
    return {
      content,
      audit: {
        action: 'provider.created',
        target: `provider:${provider.id}`,
        reason,
        before: null,
        after: toAuditView(provider),
      },
      value: toProviderView(provider, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
