import type { WebhookFilter } from '@orchestrator/shared/contracts/bulk-api'
import { idFloor } from '@orchestrator/shared/core/ids'
import type { InboxRow } from '@orchestrator/shared/db/data-schema'
import type { Condition } from '@orchestrator/shared/lists/filters'
import type { Key } from './operation.ts'
import { clauseOf, countOf, type Source } from './queries.ts'

/** Webhooks received before a time (ms), by id. */
export function webhookSource({ provider, type, status, from, to }: WebhookFilter, before: number): Source {
  const hit = clauseOf({ 'i.provider = ?': provider, 'i.type = ?': type, 'i.status = ?': status })
  const within = (shard: number): Condition => ({
    sql: 'i.id >= ? AND i.id < ?',
    values: [idFloor('whk', shard, Date.parse(from)), idFloor('whk', shard, Math.min(before, Date.parse(to)))],
  })
  return {
    async look(db, shard, after, limit) {
      const { sql, values } = within(shard)
      const rows = await db
        .prepare(`SELECT i.id, (${hit.sql}) AS hit FROM inbox AS i WHERE ${sql} AND i.id < ? ORDER BY i.id DESC LIMIT ?`)
        .bind(...hit.values, ...values, after?.[0] ?? '~', limit)
        .all<{ id: string; hit: 0 | 1 }>()
      return rows.results.map((row) => ({ key: [row.id], hit: row.hit === 1 }))
    },
    count(db, shard, cap) {
      const { sql, values } = within(shard)
      return countOf(db, hit, { sql: `inbox AS i WHERE ${sql}`, values }, cap)
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
