import type { ChangeContext } from '@orchestrator/shared/config/change'
import { type ConfigContent, contentOf } from '@orchestrator/shared/config/revision'
import type { AuditAction } from '@orchestrator/shared/contracts/audit'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Deleted, ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import type { ConfigDeps } from './deps.ts'

/** Why something is deleted, where somebody said it. */
export interface Why {
  reason?: ReasonRequest['reason'] | null
}

/** What is deleted. */
export interface Item {
  action: Extract<AuditAction, `${string}.deleted`>
  /** As the audit log names it. */
  target: string
  /** As the answer names it. */
  id: string
}

/** What goes, and what the audit log keeps of it. */
export interface Removal {
  content: Partial<ConfigContent>
  before: object
}

/** Takes one thing out of the configuration. `remove` decides on the one in force, and may throw an `AppError` that says why not. */
export async function deleteItem(
  deps: ConfigDeps,
  by: ChangeContext,
  { action, target, id }: Item,
  { reason = null }: Why,
  remove: (current: ConfigSnapshot) => Removal,
): Promise<Deleted> {
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const { content, before } = remove(current)
    return {
      content: { ...contentOf(current), ...content },
      audit: { action, target, reason, before, after: null },
      value: { id, deleted: true as const },
    }
  })
  return { ...value, ...changed }
}
