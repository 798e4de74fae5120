import { etagOf } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { PolicyView } from '@orchestrator/shared/contracts/policy-api'
import { usersOfPolicy } from '../config/usage.ts'
import { warningsOf } from './check.ts'

export function toPolicyView(policy: Policy, config: ConfigSnapshot): PolicyView {
  return { ...policy, etag: etagOf(policy), usedBy: usersOfPolicy(policy.id, config), warnings: warningsOf(policy, config) }
}
