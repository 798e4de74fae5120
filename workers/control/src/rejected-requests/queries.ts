import type { RejectedRequestRow } from '@orchestrator/shared/db/data-schema'

/** Where a row stands: its primary key, the newest minute first. */
export type Key = [minute: number, provider: string, slot: number]

const ABOVE_ALL: Key = [Number.MAX_SAFE_INTEGER, '~', Number.MAX_SAFE_INTEGER]
const BELOW = 'minute >= ?1 AND (minute, provider, slot) < (?2, ?3, ?4)'
const ORDER = 'minute DESC, provider DESC, slot DESC'

/** The times that are asked for as minutes since the epoch: from `low` on, and before `high`. */
export interface Minutes {
  low: number
  high: number
}

function bounds({ low, high }: Minutes, after: Key | null): [number, ...Key] {
  return [low, ...(after ?? (high === Number.MAX_SAFE_INTEGER ? ABOVE_ALL : ([high, '', -1] as Key)))]
}

/** The next rows, newest first. */
export async function readRejected(
  db: D1Database,
  minutes: Minutes,
  after: Key | null,
  limit: number,
): Promise<RejectedRequestRow[]> {
  const found = await db
    .prepare(`SELECT * FROM rejected_requests WHERE ${BELOW} ORDER BY ${ORDER} LIMIT ?5`)
    .bind(...bounds(minutes, after), limit)
    .all<RejectedRequestRow>()
  return found.results
}
