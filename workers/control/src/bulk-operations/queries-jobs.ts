import type { WaitingJobFilter } from '@orchestrator/shared/contracts/bulk-api'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { sqlStates, statesAllowing } from '@orchestrator/shared/jobs/state-machine'
import { ALL, allOf, type Condition, conditionOf } from '@orchestrator/shared/lists/filters'
import { readRange } from '@orchestrator/shared/lists/query'
import { ABOVE_ALL, amongIds } from '../lists/by-id.ts'
import { countOf, type Source } from './queries.ts'

/**
 * The index of jobs that are not finished. It is read whole wherever it is used, since it is not in the order of the ids: once for a plan, not
 * in each step.
 */
const LIVE = 'jobs INDEXED BY jobs_wake WHERE wake_at IS NOT NULL'

const WAITS: Condition = { sql: `j.state IN (${sqlStates(statesAllowing('cancel'))})`, values: [] }

/** Jobs that wait, made before a time (ms), by id. */
export function waitingJobSource(filter: WaitingJobFilter, before: number): Source {
  const { queue, connector, operation, client, provider, route, status } = filter
  const { from, to } = readRange(filter)
  const range = { from: from ?? 0, to: Math.min(before, to ?? before) }
  const given = conditionOf({
    'j.queue': queue,
    'j.connector': connector,
    'j.operation': operation,
    'j.client': client,
    'j.provider': provider,
    'j.route': route,
    'j.state': status,
  })
  const hit = allOf([WAITS, given]) ?? ALL
  const within = (shard: number): Condition => amongIds(shard, { prefix: 'job' }, { range })
  const looking =
    (from: (range: string) => string): Source['look'] =>
    async (db, shard, after, limit) => {
      const { sql, values } = within(shard)
      const rows = await db
        .prepare(`SELECT j.id, (${hit.sql}) AS hit FROM ${from(`${sql} AND id < ? ORDER BY id DESC LIMIT ?`)} ORDER BY j.id DESC`)
        .bind(...hit.values, ...values, after?.[0] ?? ABOVE_ALL, limit)
        .all<{ id: string; hit: 0 | 1 }>()
      return rows.results.map((row) => ({ key: [row.id], hit: row.hit === 1 }))
    }
  return {
    // By primary key, through finished jobs too: each row is read once in the whole operation, however many are alive.
    look: looking((range) => `(SELECT * FROM jobs WHERE ${range}) AS j`),
    newest: { look: looking((range) => `(SELECT id FROM ${LIVE} AND ${range}) AS w CROSS JOIN jobs AS j ON j.id = w.id`) },
    count(db, shard, cap) {
      const { sql, values } = within(shard)
      const rows = `(SELECT id FROM ${LIVE} AND ${sql}) AS w CROSS JOIN jobs AS j ON j.id = w.id`
      return countOf(db, hit, { sql: rows, values }, cap)
    },
    async describe(db, keys) {
      const rows = await db
        .prepare(
          `SELECT id, state, connector, operation FROM jobs WHERE id IN (SELECT value ->> 0 FROM json_each(?)) ORDER BY id DESC`,
        )
        .bind(JSON.stringify(keys))
        .all<Pick<JobRow, 'id' | 'state' | 'connector' | 'operation'>>()
      return rows.results.map((row) => ({ id: row.id, about: `${row.connector}/${row.operation}: ${row.state}` }))
    },
  }
}
