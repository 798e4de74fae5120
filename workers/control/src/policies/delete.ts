import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted } from '@orchestrator/shared/contracts/config-api'
import { deleteItem, type Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { findOrThrow } from '../config/edit.ts'
import { refuseWhileUsed, usersOfPolicy } from '../config/usage.ts'

/** Takes a policy away that governs nothing. Jobs that exist go on with the revision they pinned. */
export function deletePolicy(deps: ConfigDeps, by: ChangeContext, id: string, why: Why): Promise<Deleted> {
  return deleteItem(deps, by, { action: 'policy.deleted', target: `policy:${id}`, id }, why, (current) => {
    const before = findOrThrow(current.policies, id, 'policy')
    refuseWhileUsed('policy', usersOfPolicy(id, current))
    return { before, content: { policies: current.policies.filter((policy) => policy.id !== id) } }
  })
}
