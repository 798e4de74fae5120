import type { DeadLetterFilter } from '@orchestrator/shared/contracts/bulk-api'
import type { DeadLetterRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { deadLetterId } from '@orchestrator/shared/core/ids'
import type { DeadLetterKey } from '@orchestrator/shared/jobs/replay-many'
import { ALL } from '@orchestrator/shared/lists/filters'
import { type Key as LetterKey, lookAtDeadLetters, rowsOf } from '../dead-letters/queries.ts'
import { wantedOf } from '../dead-letters/wanted.ts'
import { countOf, type Source } from './queries.ts'

/** Open dead letters that died before a time (ms), by time of death. */
export function deadLetterSource(filter: DeadLetterFilter, before: number): Source {
  const { among, condition } = wantedOf({ ...filter, status: 'open' })
  const within = { ...among, until: Math.min(before, among.until ?? before) }
  const hit = condition ?? ALL
  return {
    look: (db, _shard, after, limit) => lookAtDeadLetters(db, within, hit, after as LetterKey | null, limit),
    count: (db, _shard, cap) => countOf(db, hit, rowsOf(within, null), cap),
    async describe(db, keys) {
      const sql = `SELECT d.job_id AS jobId, d.generation, d.class, d.connector, substr(d.error, 1, 200) AS error
        FROM dead_letters AS d WHERE (d.job_id, d.generation) IN (SELECT value ->> 1, value ->> 2 FROM json_each(?))
        ORDER BY d.died_at DESC, d.job_id DESC`
      const rows = await db
        .prepare(sql)
        .bind(JSON.stringify(keys))
        .all<Pick<DeadLetterRow, 'jobId' | 'generation' | 'class' | 'connector' | 'error'>>()
      return rows.results.map((row) => ({
        id: deadLetterId(row.jobId, row.generation),
        about: `${row.connector ?? 'no connector'}, ${row.class}: ${row.error}`,
      }))
    },
  }
}

const DEAD_JOBS = `SELECT j.id, j.connector, j.operation, j.route, j.inbox_id AS inboxId, j.policy
FROM json_each(?) AS i CROSS JOIN jobs AS j ON j.id = i.value ->> 0 AND j.generation = i.value ->> 1 WHERE j.state = 'dead'`

/** What the jobs of dead letters call, as far as they still lie dead in the generation that died. */
export async function readDeadJobs(
  db: D1Database,
  keys: readonly DeadLetterKey[],
): Promise<Pick<JobRow, 'id' | 'connector' | 'operation' | 'route' | 'inboxId' | 'policy'>[]> {
  return (await db.prepare(DEAD_JOBS).bind(JSON.stringify(keys)).all<Awaited<ReturnType<typeof readDeadJobs>>[number]>()).results
}

/** Deaths that one count looks at. */
const MAX_DEATHS = 20_000

const DEATHS = `SELECT count(DISTINCT d.job_id) AS n
FROM (SELECT job_id FROM dead_letters WHERE died_at >= ?1 AND died_at < ?2 ORDER BY died_at LIMIT ${MAX_DEATHS}) AS d
  CROSS JOIN jobs AS j ON j.id = d.job_id AND j.bulk_id = ?3`

/** How many of the jobs that an operation put to work last died within these times, ms: from then on, before then. */
export async function countDeaths(db: D1Database, bulkId: string, from: number, until: number): Promise<number> {
  return (await db.prepare(DEATHS).bind(from, until, bulkId).first<number>('n')) ?? 0
}
