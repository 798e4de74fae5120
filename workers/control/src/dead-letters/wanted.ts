import type { DeadLetterFilter } from '@orchestrator/shared/contracts/bulk-api'
import type { DeadLetterRow } from '@orchestrator/shared/db/data-schema'
import { ALL, allOf, type Condition, conditionOf } from '@orchestrator/shared/lists/filters'
import { readRange } from '@orchestrator/shared/lists/query'

/** Dead letters that an index leads to, by time of death. `where` stands in the statement as it is, its values before all others. */
export interface Among {
  index: 'dead_letters_died' | 'dead_letters_open' | 'dead_letters_connector' | 'dead_letters_fingerprint'
  where: Condition
  /** Died before, ms; null: whenever. */
  until: number | null
}

export interface Wanted {
  among: Among
  /** What has to be looked at in each row. */
  condition: Condition | null
}

/** How to find what a filter names. @throws AppError 400 where its time ends before it begins. */
export function wantedOf(filter: DeadLetterFilter & { status?: DeadLetterRow['status'] | undefined }): Wanted {
  const { status, queue, class: deathClass, connector, provider, eventType, fingerprint, error } = filter
  const open = status === 'open'
  const by = open && fingerprint !== undefined ? 'fingerprint' : open && connector !== undefined ? 'connector' : null
  const { from, to } = readRange(filter)
  const equality = conditionOf({
    status: open ? undefined : status,
    queue,
    class: deathClass,
    connector: by === 'connector' ? undefined : connector,
    provider,
    event_type: eventType,
    fingerprint: by === 'fingerprint' ? undefined : fingerprint,
  })
  const text: Condition | null = error === undefined ? null : { sql: 'instr(lower(error), lower(?)) > 0', values: [error] }
  const where: Condition[] = [
    // The condition of the partial indexes must stand there word for word.
    ...(open ? [{ sql: `status = 'open'`, values: [] }] : []),
    ...(by === 'fingerprint' && fingerprint !== undefined ? [{ sql: 'fingerprint = ?', values: [fingerprint] }] : []),
    ...(by === 'connector' && connector !== undefined ? [{ sql: 'connector = ?', values: [connector] }] : []),
    ...(from === null ? [] : [{ sql: 'died_at >= ?', values: [from] }]),
  ]
  return {
    among: {
      index: by === null ? (open ? 'dead_letters_open' : 'dead_letters_died') : `dead_letters_${by}`,
      where: allOf(where) ?? ALL,
      until: to,
    },
    condition: allOf([equality, text]),
  }
}
