import { changedFields } from '../lib/changes.ts'
import { formatValue, humanizeKey } from '../lib/format.ts'

/** The fields that an action changed: before → after. */
export function AuditChanges({ before, after }: { before: unknown; after: unknown }) {
  const changes = changedFields(before, after)
  if (changes.length === 0) return <span className="text-kumo-subtle">–</span>
  return (
    <ul className="flex flex-col gap-0.5 text-sm leading-snug">
      {changes.map((change) => (
        <li key={change.field} className="break-words">
          <span className="text-kumo-subtle">{humanizeKey(change.field)}</span>{' '}
          {change.before === undefined ? null : (
            <>
              <span className="line-through decoration-kumo-interact">{formatValue(change.before)}</span>
              <span className="px-1 text-kumo-subtle">
                <span aria-hidden="true">→</span>
                <span className="sr-only"> became </span>
              </span>
            </>
          )}
          <span className="font-medium">{formatValue(change.after)}</span>
        </li>
      ))}
    </ul>
  )
}
