import type { ChangeContext } from '@orchestrator/shared/config/change'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ChangedPolicy } from '@orchestrator/shared/contracts/policy-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { readWrite } from '../config/read-input.ts'
import { readPolicy } from './read-policy.ts'
import { toPolicyView } from './to-api.ts'

/** A new policy. What is left out suits calls of a payment API. */
export async function createPolicy(deps: ConfigDeps, by: ChangeContext, json: unknown): Promise<ChangedPolicy> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const policy = readPolicy({}, fields)
  const { id } = policy
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    if (current.policies.some((one) => one.id === id)) throw new AppError('conflict', `There is a policy ${id} already.`)
    const content = { ...contentOf(current), policies: [...current.policies, policy] }
    return {
      content,
      audit: { action: 'policy.created', target: `policy:${id}`, reason, before: null, after: policy },
      value: toPolicyView(policy, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
