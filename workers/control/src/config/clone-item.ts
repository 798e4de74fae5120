import type { ChangeContext } from '@orchestrator/shared/config/change'
import { type ConfigContent, contentOf } from '@orchestrator/shared/config/revision'
import type { AuditAction } from '@orchestrator/shared/contracts/audit'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from './deps.ts'
import { findOrThrow, refuseIssues } from './edit.ts'
import { readWrite } from './read-input.ts'

/** How things of a kind are cloned. `T` is one of them, `V` how it is read. */
export interface Cloning<T extends { id: string }, V> {
  /** As the audit log and its targets name it. */
  kind: 'provider' | 'route' | 'connector' | 'policy' | 'client'
  items: (config: ConfigSnapshot) => readonly T[]
  /** Looks at what is given before it is decided on, where that takes a trip. @throws AppError 400 */
  lookUp?: (fields: Record<string, unknown>) => Promise<unknown>
  /** The clone: the source with these fields instead of its own. @throws AppError 400 naming each field that is wrong. */
  read: (source: T, fields: Record<string, unknown>) => T
  /** What is added to the configuration. @throws AppError 400 where the clone does not fit the rest of it. */
  add: (clone: T, current: ConfigSnapshot, source: T) => Partial<ConfigContent>
  /** As the audit log keeps it. */
  toAudit: (clone: T) => object
  toView: (clone: T, config: ConfigSnapshot) => V
}

/** Makes another of something: with an id of its own, and what else is given instead of what the source has. One revision. */
export async function cloneItem<T extends { id: string }, V extends object>(
  deps: ConfigDeps,
  by: ChangeContext,
  cloning: Cloning<T, V>,
  sourceId: string,
  json: unknown,
) {
  const { kind, items, lookUp, read, add, toAudit, toView } = cloning
  const { fields, reason } = readWrite(json, reasonRequest)
  if (fields['id'] === undefined) refuseIssues([{ path: 'id', message: 'is missing: what the clone is called' }])
  await lookUp?.(fields)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const source = findOrThrow(items(current), sourceId, kind)
    const clone = read(source, fields)
    if (items(current).some(({ id }) => id === clone.id)) {
      throw new AppError('conflict', `There is a ${kind} ${clone.id} already.`)
    }
    const content = { ...contentOf(current), ...add(clone, current, source) }
    return {
      content,
      audit: {
        action: `${kind}.created` satisfies AuditAction,
        target: `${kind}:${clone.id}`,
        reason,
        before: null,
        after: { ...toAudit(clone), clonedFrom: sourceId },
      },
      value: toView(clone, { ...current, ...content }),
    }
  })
  return { ...value, ...changed }
}
