import { columnList, DEAD_LETTER_COLUMNS, JOB_COLUMNS } from '@orchestrator/shared/db/columns'
import { newId } from '@orchestrator/shared/core/ids'
import { deadJobRow, deadLetterRow } from '@orchestrator/shared/testing/data-rows'

/** Rows of one statement. */
const CHUNK = 500

/** Dead jobs of one connector with open dead letters in one shard, as an outage of some minutes leaves them. Answers their ids. */
export async function writeDead(
  db: D1Database,
  options: { shard: number; count: number; connector: string; operation: string; configRevision: number },
): Promise<string[]> {
  const { shard, count, ...common } = options
  const now = Date.now()
  const ids: string[] = []
  for (let written = 0; written < count; written += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, count - written) }, (_, n) => {
      const diedAt = now - 600_000 + Math.floor(((written + n) / count) * 300_000)
      const id = newId('job', shard, diedAt - 20_000, Math.random)
      const input = JSON.stringify({ n: written + n })
      const times = { createdAt: diedAt - 20_000, dueAt: diedAt - 8_000, firstStartedAt: diedAt - 19_000, finishedAt: diedAt }
      const job = deadJobRow({ id, ...common, ...times, provider: null, route: null, input, lastError: 'status 503' })
      return { job, letter: deadLetterRow(job, { diedAt }) }
    })
    ids.push(...rows.map(({ job }) => job.id))
    await db.batch([
      insert(
        db,
        'jobs',
        JOB_COLUMNS,
        rows.map(({ job }) => job),
      ),
      insert(
        db,
        'dead_letters',
        DEAD_LETTER_COLUMNS,
        rows.map(({ letter }) => letter),
      ),
    ])
  }
  return ids
}

function insert(db: D1Database, table: string, columns: readonly string[], rows: readonly object[]): D1PreparedStatement {
  const values = columns.map((column) => `value ->> '$.${column}'`).join(', ')
  return db.prepare(`INSERT INTO ${table} (${columnList(columns)}) SELECT ${values} FROM json_each(?)`).bind(JSON.stringify(rows))
}
