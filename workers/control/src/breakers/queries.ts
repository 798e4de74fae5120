import type { LogEvent } from '@orchestrator/shared/contracts/events'

/** The newest rows of a log are looked through for transitions, and no more: an index of them would cost every row. */
const NEWEST_ROWS = 500

export interface Transition {
  connector: string
  type: string
  at: number
}

/** The last transition of each breaker among the newest rows of a shard's log. */
export async function lastTransitions(db: D1Database): Promise<Transition[]> {
  const found = await db
    .prepare(
      `SELECT at, events FROM (SELECT seq, at, events FROM events ORDER BY seq DESC LIMIT ?)
       WHERE instr(events, '"type":"breaker.') ORDER BY seq DESC`,
    )
    .bind(NEWEST_ROWS)
    .all<{ at: number; events: string }>()
  const last = new Map<string, Transition>()
  for (const { at, events } of found.results) {
    for (const { type, data } of (JSON.parse(events) as LogEvent[]).toReversed()) {
      const connector = data?.['connector']
      if (!MOVES.has(type) || typeof connector !== 'string' || last.has(connector)) continue
      last.set(connector, { connector, type, at })
    }
  }
  return [...last.values()]
}

const MOVES: ReadonlySet<string> = new Set(['breaker.opened', 'breaker.half_opened', 'breaker.closed'])
