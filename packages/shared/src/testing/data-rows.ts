import { columnList, DEAD_LETTER_COLUMNS, EVENT_COLUMNS, INBOX_COLUMNS, JOB_COLUMNS } from '../db/columns.ts'
import type { DeadLetterRow, EventRow, InboxRow, JobRow } from '../db/data-schema.ts'
import { newId } from '../core/ids.ts'

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
let minted = 0

/** A job id of a shard; later ids sort after earlier ones. */
export function testId(prefix: 'job' | 'whk', shard = 0, now = 1_700_000_000_000): string {
  return newId(prefix, shard, now + minted++, Math.random)
}

/** A queued job of the billing connector. */
export function jobRow(changes: Partial<JobRow> = {}): JobRow {
  return {
    id: changes.id ?? testId('job'),
    state: 'queued',
    generation: 1,
    queue: 'webhook',
    inboxId: null,
    provider: 'stripe',
    route: 'stripe-subscriptions',
    connector: 'billing',
    operation: 'set-subscription',
    input: null,
    configRevision: 1,
    policy: null,
    orderingKey: null,
    n: null,
    attempts: 0,
    lostLeases: 0,
    nativeDeaths: 0,
    token: null,
    leaseUntil: null,
    dueAt: 1_000,
    wakeAt: 16_000,
    resends: 0,
    firstStartedAt: null,
    createdAt: 1_000,
    finishedAt: null,
    lastError: null,
    result: null,
    trace: TRACE,
    log: '[]',
    client: null,
    callback: null,
    parentId: null,
    resultTtlMs: null,
    inputKey: null,
    onDeath: null,
    keyGeneration: null,
    bulkId: null,
    ...changes,
  }
}

/** A job that died of an upstream's 500s. */
export function deadJobRow(changes: Partial<JobRow> = {}): JobRow {
  return jobRow({
    state: 'dead',
    attempts: 4,
    lostLeases: 1,
    wakeAt: null,
    firstStartedAt: 2_000,
    finishedAt: 9_000,
    lastError: 'status 500',
    ...changes,
  })
}

/** The open dead letter of a job. */
export function deadLetterRow(job: JobRow, changes: Partial<DeadLetterRow> = {}): DeadLetterRow {
  return {
    jobId: job.id,
    generation: job.generation,
    class: 'upstream_failed',
    queue: job.queue,
    inboxId: job.inboxId,
    connector: job.connector,
    operation: job.operation,
    error: job.lastError ?? 'status 500',
    attempts: job.attempts,
    diedAt: 9_000,
    status: 'open',
    closedAt: null,
    message: null,
    provider: null,
    eventType: null,
    fingerprint: null,
    ...changes,
  }
}

/** An accepted Stripe webhook. */
export function inboxRow(changes: Partial<InboxRow> = {}): InboxRow {
  return {
    id: changes.id ?? testId('whk'),
    provider: 'stripe',
    dedupeKey: 'evt_1',
    eventId: 'evt_1',
    type: 'customer.subscription.updated',
    status: 'accepted',
    receivedAt: 1_000,
    path: '/webhooks/stripe',
    query: '',
    headers: '[["content-type","application/json"]]',
    contentType: 'application/json',
    bodySize: 2,
    bodyEncoding: 'utf8',
    body: '{}',
    verification: '{"scheme":"hmac","secret":"current","ageSeconds":1}',
    trace: TRACE,
    configRevision: 1,
    log: '[]',
    ...changes,
  }
}

/** One row of the log; an attempt row has `attempt`. */
export function eventRow(seq: number, changes: Partial<EventRow> = {}): EventRow {
  return {
    seq,
    at: 1_000 + seq,
    kind: 'event',
    provider: 'stripe',
    connector: 'billing',
    inboxId: null,
    jobId: null,
    trace: TRACE,
    failed: null,
    attempt: null,
    events: '[]',
    ...changes,
  }
}

/** The JSON of one attempt of a job. */
export function attemptJson(attempt: number, failed: boolean, generation = 1): string {
  return JSON.stringify({
    attempt,
    generation,
    operation: 'set-subscription',
    method: 'PUT',
    url: 'https://billing.example.com/subscriptions/sub_1',
    startedAt: 2_000 + attempt,
    durationMs: 12,
    outcome: failed ? 'failure' : 'success',
    status: failed ? 500 : 200,
    failure: failed ? 'status' : null,
    error: failed ? 'status 500' : null,
    idempotencyKey: 'key',
    responseExcerpt: null,
  })
}

const TABLES = {
  jobs: JOB_COLUMNS,
  inbox: INBOX_COLUMNS,
  events: EVENT_COLUMNS,
  dead_letters: DEAD_LETTER_COLUMNS,
} as const

interface Rows {
  jobs: JobRow
  inbox: InboxRow
  events: EventRow
  dead_letters: DeadLetterRow
}

/** Writes rows as they are. */
export async function insertRows<T extends keyof Rows>(db: D1Database, table: T, ...rows: Rows[T][]): Promise<void> {
  const columns = TABLES[table] as readonly string[]
  const sql = `INSERT INTO ${table} (${columnList(columns)}) VALUES (${columns.map(() => '?').join(', ')})`
  const values = (row: Rows[T]) => columns.map((column) => (row as unknown as Record<string, unknown>)[column] ?? null)
  for (let i = 0; i < rows.length; i += 100) {
    await db.batch(rows.slice(i, i + 100).map((row) => db.prepare(sql).bind(...values(row))))
  }
}
