import type { AuditedChange } from '@orchestrator/shared/audit/append'
import { deleteRefusedCallers, readRefusedMinute, type RefusedMinute } from '@orchestrator/shared/audit/refused-callers'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import { toTime } from '@orchestrator/shared/core/time'
import { cursorStatement, readCursor } from '@orchestrator/shared/db/cursors'
import { SYSTEM } from './system.ts'

interface Deps {
  now(): number
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  changeAudited<T>(decide: () => Promise<AuditedChange<T>>): Promise<{ value: T }>
}

const MINUTE_MS = 60_000
/** A refusal is written down after it was answered: a minute is told when the one after it is over, too. */
const CLOSED_AFTER = 2
/** After an outage several minutes wait; each gets its row. */
const MAX_MINUTES = 20
const MAX_ADDRESSES = 5
const KEPT_MINUTES = 30 * 24 * 60
const CURSOR = 'strangers'

/** One row of the chain for each minute in which callers without a valid token were refused; their sample is kept for 30 days. */
export async function summariseStrangers(deps: Deps): Promise<void> {
  const minute = Math.floor(deps.now() / MINUTE_MS)
  for (let told = 0; told < MAX_MINUTES; told++) {
    const { value: isTold } = await deps.changeAudited(async () => {
      // Read under the lock of the log, so that two runs do not tell of the same minute.
      const after = await deps.control((db) => readCursor(db, CURSOR))
      const found = await deps.control((db) => readRefusedMinute(db, after, minute - CLOSED_AFTER))
      if (!found) return { entry: null, statements: [], value: false }
      const move = await deps.control(async (db) => cursorStatement(db, CURSOR, found.minute))
      return { entry: toEntry(found, deps.now()), statements: [move], value: true }
    })
    if (!isTold) break
  }
  await deps.control((db) => deleteRefusedCallers(db, minute - KEPT_MINUTES))
}

function toEntry({ minute, rows }: RefusedMinute, now: number): AuditEntryInput {
  const addresses = countedBy(rows, ({ ip }) => ip ?? 'unknown').slice(0, MAX_ADDRESSES)
  const after = {
    minute: toTime(minute * MINUTE_MS),
    count: rows.reduce((sum, row) => sum + row.count, 0),
    reasons: countedBy(rows, ({ reason }) => reason).map(([reason, count]) => ({ reason, count })),
    addresses: addresses.map(([ip, count]) => ({ ip, count })),
  }
  return {
    ...SYSTEM,
    at: now,
    action: 'access.strangers_refused',
    target: 'access',
    reason: null,
    intentSeq: null,
    before: null,
    after,
  }
}

/** The most frequent first. */
function countedBy(rows: RefusedMinute['rows'], nameOf: (row: RefusedMinute['rows'][number]) => string): [string, number][] {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + row.count)
  return [...counts].toSorted(([, a], [, b]) => b - a)
}
