import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { PolicyView } from '@orchestrator/shared/contracts/policy-api'
import type { Cloning } from '../config/clone-item.ts'
import { readPolicy } from './read-policy.ts'
import { toPolicyView } from './to-api.ts'

/** A clone governs nothing yet. */
export const POLICY_CLONING: Cloning<Policy, PolicyView> = {
  kind: 'policy',
  items: ({ policies }) => policies,
  read: readPolicy,
  add: (clone, current) => ({ policies: [...current.policies, clone] }),
  toAudit: (clone) => clone,
  toView: toPolicyView,
}
