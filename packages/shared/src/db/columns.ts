import type { AuditRow } from './control-schema.ts'
import type { BulkOperationRow, DeadLetterRow, EventRow, InboxRow, JobRow } from './data-schema.ts'

/** Columns in the order of the schema, under the names that the row types have. A test holds them against the schema. */
export const INBOX_COLUMNS = [
  'id',
  'provider',
  'dedupeKey',
  'eventId',
  'type',
  'status',
  'receivedAt',
  'path',
  'query',
  'headers',
  'contentType',
  'bodySize',
  'bodyEncoding',
  'body',
  'verification',
  'trace',
  'configRevision',
  'log',
] as const satisfies readonly (keyof InboxRow)[]

export const JOB_COLUMNS = [
  'id',
  'state',
  'generation',
  'queue',
  'inboxId',
  'provider',
  'route',
  'connector',
  'operation',
  'input',
  'configRevision',
  'policy',
  'orderingKey',
  'n',
  'attempts',
  'lostLeases',
  'nativeDeaths',
  'token',
  'leaseUntil',
  'dueAt',
  'wakeAt',
  'resends',
  'firstStartedAt',
  'createdAt',
  'finishedAt',
  'lastError',
  'result',
  'trace',
  'log',
  'client',
  'callback',
  'parentId',
  'resultTtlMs',
  'inputKey',
  'onDeath',
  'keyGeneration',
  'bulkId',
] as const satisfies readonly (keyof JobRow)[]

export const EVENT_COLUMNS = [
  'seq',
  'at',
  'kind',
  'provider',
  'connector',
  'inboxId',
  'jobId',
  'trace',
  'failed',
  'attempt',
  'events',
] as const satisfies readonly (keyof EventRow)[]

export const DEAD_LETTER_COLUMNS = [
  'jobId',
  'generation',
  'class',
  'queue',
  'inboxId',
  'connector',
  'operation',
  'error',
  'attempts',
  'diedAt',
  'status',
  'closedAt',
  'message',
  'provider',
  'eventType',
  'fingerprint',
] as const satisfies readonly (keyof DeadLetterRow)[]

export const BULK_OPERATION_COLUMNS = [
  'id',
  'kind',
  'status',
  'filter',
  'options',
  'ratePerSecond',
  'stopAfterFailures',
  'reason',
  'actorKind',
  'actorId',
  'auditSeq',
  'createdAt',
  'finishedAt',
  'total',
  'done',
  'skipped',
  'failed',
  'lastError',
  'position',
  'wakeAt',
] as const satisfies readonly (keyof BulkOperationRow)[]

export const AUDIT_COLUMNS = [
  'seq',
  'at',
  'actorKind',
  'actorId',
  'role',
  'door',
  'action',
  'target',
  'reason',
  'intentSeq',
  'before',
  'after',
  'ip',
  'requestId',
  'prevHash',
  'hash',
  'v',
  'ray',
  'impersonation',
  'actingAs',
] as const satisfies readonly (keyof AuditRow)[]

/** `inboxId` → `inbox_id`. */
export function columnName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The select list that gives rows the property names: `id, inbox_id AS inboxId`. `alias` is the table's alias. */
export function selectList(properties: readonly string[], alias?: string): string {
  const prefix = alias ? `${alias}.` : ''
  return properties.map((property) => `${prefix}"${columnName(property)}" AS "${property}"`).join(', ')
}

/** The column list of an insert: `id, inbox_id`. */
export function columnList(properties: readonly string[]): string {
  return properties.map((property) => `"${columnName(property)}"`).join(', ')
}
