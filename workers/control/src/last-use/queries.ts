import type { LastUseRow } from '@orchestrator/shared/db/control-schema'
import { cursorStatement } from '@orchestrator/shared/db/cursors'

/**
 * Rows of the log after ?1, up to ?2, by whom they tell of: webhooks of providers that were verified, calls of connectors that were
 * made. Which value of its secret proved a webhook stands in its row of the inbox; that is looked up only for the providers in ?3,
 * whose secret has a previous value at all.
 */
const SCAN = `SELECT 'provider' AS kind, e.provider AS id,
  iif(e.provider IN (SELECT value FROM json_each(?3)),
    coalesce((SELECT i.verification ->> '$.secret' FROM inbox AS i WHERE i.id = e.inbox_id), 'none'), 'none') AS which,
  max(e.at) AS at
FROM events AS e
WHERE e.seq > ?1 AND e.seq <= ?2 AND e.kind = 'event' AND e.provider IS NOT NULL AND e.inbox_id IS NOT NULL AND e.job_id IS NULL
  AND e.events ->> '$[0].type' IN ('webhook.accepted', 'webhook.ignored')
GROUP BY 2, 3
UNION ALL
SELECT 'connector', e.connector, 'none', max(e.at) FROM events AS e
WHERE e.seq > ?1 AND e.seq <= ?2 AND e.kind = 'attempt' AND e.connector IS NOT NULL
  AND coalesce(e.attempt ->> '$.failure', '') <> 'config'
GROUP BY 2`

/** Who is told of between two places of a log. */
export async function scanLog(
  db: D1Database,
  after: number,
  upTo: number,
  withPrevious: readonly string[],
): Promise<LastUseRow[]> {
  const { results } = await db.prepare(SCAN).bind(after, upTo, JSON.stringify(withPrevious)).all<LastUseRow>()
  return results
}

/** Where a log ends; 0 where it is empty. */
export async function endOfLog(db: D1Database): Promise<number> {
  return (await db.prepare('SELECT seq FROM events ORDER BY seq DESC LIMIT 1').first<number>('seq')) ?? 0
}

const UPSERT = `INSERT INTO last_uses (kind, id, which, at)
SELECT value ->> '$.kind', value ->> '$.id', value ->> '$.which', CAST(value ->> '$.at' AS INTEGER) FROM json_each(?1) WHERE true
ON CONFLICT (kind, id, which) DO UPDATE SET at = excluded.at WHERE excluded.at > last_uses.at`

/** Writes what was found together with how far the log is followed. The same again changes nothing. */
export async function storeLastUses(db: D1Database, found: readonly LastUseRow[], name: string, position: number): Promise<void> {
  await db.batch([
    ...(found.length > 0 ? [db.prepare(UPSERT).bind(JSON.stringify(found))] : []),
    cursorStatement(db, name, position),
  ])
}
