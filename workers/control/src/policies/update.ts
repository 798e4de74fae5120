import type { ChangeContext } from '@orchestrator/shared/config/change'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedPolicy } from '@orchestrator/shared/contracts/policy-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { changedFields, findOrThrow, refuseIssues, withItem } from '../config/edit.ts'
import { readWrite } from '../config/read-input.ts'
import { readPolicy } from './read-policy.ts'
import { toPolicyView } from './to-api.ts'

/** Changes the fields that are given; each replaces the old one whole. The answer says whose calls it governs from now on. */
export async function updatePolicy(deps: ConfigDeps, by: ChangeContext, id: string, json: unknown): Promise<ChangedPolicy> {
  const { fields, reason } = readWrite(json, reasonRequest)
  if (fields['id'] !== undefined && fields['id'] !== id) refuseIssues([{ path: 'id', message: 'cannot be changed' }])
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.policies, id, 'policy')
    const policy = readPolicy(before, fields)
    const content = { ...contentOf(current), policies: withItem(current.policies, policy) }
    return {
      content,
      audit: { action: 'policy.updated', target: `policy:${id}`, reason, ...changedFields(before, policy) },
      value: toPolicyView(policy, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
