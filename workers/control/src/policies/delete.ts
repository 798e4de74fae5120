import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow } from '../config/edit.ts'
import { refuseWhileUsed, usersOfPolicy } from '../config/usage.ts'

/** Takes a policy away that governs nothing. Jobs that exist go on with the revision they pinned. */
export async function deletePolicy(
  deps: ConfigDeps,
  by: ChangeContext,
  id: string,
  { reason = null }: { reason?: ReasonRequest['reason'] | null },
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.policies, id, 'policy')
    refuseWhileUsed('policy', usersOfPolicy(id, current))
    return {
      content: { ...contentOf(current), policies: current.policies.filter((policy) => policy.id !== id) },
      audit: { action: 'policy.deleted', target: `policy:${id}`, reason, before, after: null },
      value: { id, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
