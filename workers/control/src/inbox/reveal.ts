import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { RevealedWebhook } from '@orchestrator/shared/contracts/work-api'
import { decodeUtf8, toBase64 } from '@orchestrator/shared/core/bytes'
import { isId } from '@orchestrator/shared/core/ids'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { StoredBody } from '@orchestrator/shared/payloads/body'
import type { AuditContext } from '../audit/audit-context.ts'
import { readStoredBody, type StoredBodyRow } from './queries.ts'

/** A larger body is told of, and stays where it is, bytes. */
const MAX_SHOWN_BYTES = 1_048_576

interface Deps {
  shardOf(id: string): Shard | undefined
  readPayload(stored: StoredBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
}

/**
 * What a sender sent. Nobody sees it without a row in the audit log that says who, and why: it is written before the answer.
 * `undefined` where there is no such webhook.
 * @throws AppError 503 where the audit log, or the body in R2, cannot be had.
 */
export async function revealWebhook(
  deps: Deps,
  by: AuditContext,
  id: string,
  reason: string,
): Promise<RevealedWebhook | undefined> {
  const shard = isId('whk', id) ? deps.shardOf(id) : undefined
  const row = await shard?.read((db) => readStoredBody(db, id))
  if (!row) return undefined
  const { body, unavailable } = await readShown(deps, row)
  const after = { body: body !== null, bytes: row.bodySize }
  const entry = { ...by, action: 'payload.revealed' as const, target: id, reason, intentSeq: null, before: null, after }
  const { seq: auditSeq } = await deps.appendAudit(entry)
  const headers = JSON.parse(row.headers) as [string, string][]
  return { webhookId: id, headers, contentType: row.contentType, body, bodyBytes: row.bodySize, unavailable, auditSeq }
}

async function readShown(deps: Deps, row: StoredBodyRow): Promise<Pick<RevealedWebhook, 'body' | 'unavailable'>> {
  if (row.bodySize > MAX_SHOWN_BYTES) {
    return { body: null, unavailable: `over ${MAX_SHOWN_BYTES} bytes: it lies in the bucket of payloads as ${row.body}` }
  }
  const bytes = await deps.readPayload(row)
  if (!bytes) return { body: null, unavailable: 'it is not kept any more' }
  const text = decodeUtf8(bytes)
  const body =
    text === undefined ? { encoding: 'base64' as const, data: toBase64(bytes) } : { encoding: 'utf8' as const, data: text }
  return { body, unavailable: null }
}
