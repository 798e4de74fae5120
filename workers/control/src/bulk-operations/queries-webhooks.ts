import type { WebhookFilter } from '@orchestrator/shared/contracts/bulk-api'
import type { InboxRow } from '@orchestrator/shared/db/data-schema'
import { ALL, conditionOf } from '@orchestrator/shared/lists/filters'
import { amongIds, lookById } from '../lists/by-id.ts'
import type { Key } from './operation.ts'
import { countOf, type Source } from './queries.ts'

const TABLE = { table: 'inbox', prefix: 'whk' } as const

/** Webhooks received before a time (ms), by id. */
export function webhookSource({ provider, type, status, from, to }: WebhookFilter, before: number): Source {
  const range = { from: Date.parse(from), to: Math.min(before, Date.parse(to)) }
  const wanted = { range, condition: conditionOf({ provider, type, status }) ?? ALL }
  return {
    async look(db, shard, after, limit) {
      const rows = await lookById(db, shard, TABLE, wanted, after && String(after[0]), limit)
      return rows.map(({ key, hit }) => ({ key: [key], hit }))
    },
    count(db, shard, cap) {
      const { sql, values } = amongIds(shard, TABLE, wanted)
      return countOf(db, wanted.condition, { sql: `inbox WHERE ${sql}`, values }, cap)
    },
    async describe(db, keys) {
      const rows = await db
        .prepare(
          'SELECT id, provider, type, status FROM inbox WHERE id IN (SELECT value ->> 0 FROM json_each(?)) ORDER BY id DESC',
        )
        .bind(JSON.stringify(keys))
        .all<Pick<InboxRow, 'id' | 'provider' | 'type' | 'status'>>()
      return rows.results.map(({ id, provider, type, status }) => ({ id, about: `${provider}, ${type ?? 'no type'}: ${status}` }))
    },
  }
}

const REPLAYED = `SELECT i.id FROM json_each(?1) AS asked CROSS JOIN inbox AS i ON i.id = asked.value
  JOIN json_each(i.log) AS l JOIN events AS e ON e.seq = l.value JOIN json_each(e.events) AS v
WHERE v.value ->> '$.type' = 'webhook.replayed' AND v.value ->> '$.data.auditSeq' = ?2`

/** Which of these webhooks have been replayed by the action that the audit log has under this sequence. */
export async function findReplayed(db: D1Database, ids: readonly Key[], auditSeq: number): Promise<Set<string>> {
  const rows = await db
    .prepare(REPLAYED)
    .bind(JSON.stringify(ids.map(([id]) => id)), auditSeq)
    .all<{ id: string }>()
  return new Set(rows.results.map(({ id }) => id))
}
