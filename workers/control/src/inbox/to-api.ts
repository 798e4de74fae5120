import type { WebhookDetail, WebhookSummary } from '@orchestrator/shared/contracts/control-api'
import { toTime } from '@orchestrator/shared/core/time'
import type { InboxDetailRow, InboxSummaryRow, WebhookJobRow } from './queries.ts'

export function toWebhookSummary(row: InboxSummaryRow): WebhookSummary {
  return {
    id: row.id,
    provider: row.provider,
    eventId: row.eventId,
    type: row.type,
    status: row.status,
    bodySize: row.bodySize,
    receivedAt: toTime(row.receivedAt),
  }
}

/** The body is not among it: reading payloads is an audited operation of its own. */
export function toWebhookDetail(row: InboxDetailRow, jobs: readonly WebhookJobRow[]): WebhookDetail {
  return {
    ...toWebhookSummary(row),
    dedupeKey: row.dedupeKey,
    contentType: row.contentType,
    headers: JSON.parse(row.headers) as [string, string][],
    verification: JSON.parse(row.verification) as Record<string, unknown>,
    trace: row.trace,
    jobs: jobs.map(({ id, state, connector, operation }) => ({ id, status: state, connector, operation })),
  }
}
