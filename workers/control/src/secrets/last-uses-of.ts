import type { SecretRef } from '@orchestrator/shared/contracts/config'
import type { SecretView } from '@orchestrator/shared/contracts/config-api'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import type { LastUseRow } from '@orchestrator/shared/db/control-schema'
import { currentVersion } from './current-version.ts'

/**
 * When those whom a secret belongs to were last at work with its values. What happened before the current value was written was
 * done with another one, and counts for neither.
 */
export function lastUsesOf(
  secret: SecretRef,
  usedBy: SecretView['usedBy'],
  lastUses: readonly LastUseRow[],
): Pick<SecretView, 'lastUsedAt' | 'previousLastUsedAt'> {
  // 0 where it is not known.
  const since = currentVersion(secret)?.createdAt ?? 0
  const last = (previous: boolean): string | null => {
    const times = lastUses.flatMap(({ kind, id, which, at }) => {
      const users = kind === 'provider' ? usedBy.providers : usedBy.connectors
      return users.includes(id) && (which === 'previous') === previous && at >= since ? at : []
    })
    return toTimeOrNull(times.length > 0 ? Math.max(...times) : null)
  }
  return { lastUsedAt: last(false), previousLastUsedAt: last(true) }
}
