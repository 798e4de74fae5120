import { INBOX_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { InboxRow, JobRow } from '@orchestrator/shared/db/data-schema'

/** What a list shows: neither body nor headers. */
export const SUMMARY_COLUMNS = ['id', 'provider', 'eventId', 'type', 'status', 'bodySize', 'receivedAt'] as const
export type InboxSummaryRow = Pick<InboxRow, (typeof SUMMARY_COLUMNS)[number]>

const DETAIL_COLUMNS = INBOX_COLUMNS.filter((column) => column !== 'body')
export type InboxDetailRow = Omit<InboxRow, 'body'>

export function findWebhook(db: D1Database, id: string): Promise<InboxDetailRow | null> {
  return db
    .prepare(`SELECT ${selectList(DETAIL_COLUMNS)} FROM inbox WHERE id = ?`)
    .bind(id)
    .first<InboxDetailRow>()
}

/** Ids of the jobs a webhook made, from the events of its arrival. ?1 the webhook. */
export const JOB_IDS_OF_WEBHOOK = `SELECT coalesce(v.value ->> '$.jobId', e.job_id) AS id
  FROM inbox AS i JOIN json_each(i.log) AS l JOIN events AS e ON e.seq = l.value JOIN json_each(e.events) AS v
  WHERE i.id = ?1 AND coalesce(v.value ->> '$.jobId', e.job_id) IS NOT NULL`

export type WebhookJobRow = Pick<JobRow, 'id' | 'state' | 'connector' | 'operation'>

export async function findJobsOfWebhook(db: D1Database, id: string): Promise<WebhookJobRow[]> {
  const found = await db
    .prepare(`SELECT id, state, connector, operation FROM jobs WHERE id IN (${JOB_IDS_OF_WEBHOOK}) ORDER BY id`)
    .bind(id)
    .all<WebhookJobRow>()
  return found.results
}

export type StoredBodyRow = Pick<
  InboxRow,
  'body' | 'bodyEncoding' | 'bodySize' | 'contentType' | 'headers' | 'provider' | 'receivedAt'
>

/** What a webhook brought, as it is stored. */
export function readStoredBody(db: D1Database, id: string): Promise<StoredBodyRow | null> {
  const columns = ['body', 'bodyEncoding', 'bodySize', 'contentType', 'headers', 'provider', 'receivedAt']
  return db
    .prepare(`SELECT ${selectList(columns)} FROM inbox WHERE id = ?`)
    .bind(id)
    .first<StoredBodyRow>()
}
