import type { ChangeContext } from '@orchestrator/shared/config/change'
import { type ChangedProvider, reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { changedFields, findOrThrow, refuseIssues, withItem } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import { readProvider, refuseUnsound } from './read-provider.ts'
import { toAuditView, toProviderView } from './to-api.ts'

/** Changes the fields that are given; each replaces the old one whole. The id stays: it is in the sender's address. */
export async function updateProvider(deps: ConfigDeps, by: ChangeContext, id: string, json: unknown): Promise<ChangedProvider> {
  const { fields, reason } = readWrite(json, reasonRequest)
  if (fields['id'] !== undefined && fields['id'] !== id) refuseIssues([{ path: 'id', message: 'cannot be changed' }])
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.providers, id, 'provider')
    const provider = readProvider(before, fields)
    refuseUnsound(provider, current)
    const content = { ...contentOf(current), providers: withItem(current.providers, provider) }
    return {
      content,
      audit: {
        action: 'provider.updated',
        target: `provider:${id}`,
        reason,
        ...changedFields(toAuditView(before), toAuditView(provider)),
      },
      value: toProviderView(provider, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
