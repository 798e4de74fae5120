/**
 * The DATA databases: large, expiring. The layout is chosen for rows written (docs/storage.md): 8 for a delivered webhook.
 * `WITHOUT ROWID` and the views are added to the generated migration by hand, since drizzle-kit has no words for the first.
 */
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** One row a distinct event inside its window. WITHOUT ROWID. */
export const dedupe = sqliteTable(
  'dedupe',
  {
    provider: text().notNull(),
    key: text().notNull(),
    inboxId: text('inbox_id').notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.key] })],
)

/** WebhookInbox: one row an accepted webhook. WITHOUT ROWID. */
export const inbox = sqliteTable('inbox', {
  id: text().primaryKey(),
  provider: text().notNull(),
  dedupeKey: text('dedupe_key').notNull(),
  eventId: text('event_id'),
  type: text(),
  status: text({ enum: ['accepted', 'ignored'] }).notNull(),
  receivedAt: integer('received_at').notNull(),
  /** Of the address it was posted to; the query without what proves an identity. Null in rows of older releases. */
  path: text(),
  query: text(),
  /** JSON array of [name, value]; secrets redacted. */
  headers: text().notNull(),
  contentType: text('content_type'),
  bodySize: integer('body_size').notNull(),
  /** `utf8` and `base64`: `body` holds it; `r2`: `body` is the object's key. */
  bodyEncoding: text('body_encoding', { enum: ['utf8', 'base64', 'r2'] }).notNull(),
  body: text().notNull(),
  /** JSON: scheme, which secret matched, age of the signature. */
  verification: text().notNull(),
  trace: text().notNull(),
  configRevision: integer('config_revision').notNull(),
  /** JSON array of the sequences of its rows in `events`. */
  log: text().notNull(),
})

/** One row a job. WITHOUT ROWID. */
export const jobs = sqliteTable(
  'jobs',
  {
    id: text().primaryKey(),
    state: text({ enum: ['scheduled', 'queued', 'running', 'retrying', 'held', 'succeeded', 'dead', 'cancelled'] }).notNull(),
    generation: integer().notNull(),
    queue: text({ enum: ['webhook', 'critical', 'default', 'low'] }).notNull(),
    inboxId: text('inbox_id'),
    provider: text(),
    route: text(),
    connector: text().notNull(),
    operation: text().notNull(),
    /** JSON input of a job that has no webhook; a webhook's input is mapped from its body by the pinned route. */
    input: text(),
    configRevision: integer('config_revision').notNull(),
    /** Replaces the connector's policy. */
    policy: text(),
    /** Jobs with the same key run one after another, in the order of `n`. Both null where the order does not matter. */
    orderingKey: text('ordering_key'),
    n: integer(),
    /** Attempts concluded in this generation. */
    attempts: integer().notNull(),
    /** Leases of this generation that ran out; too many make the job poison. */
    lostLeases: integer('lost_leases').notNull(),
    /** Times the job came out of a dead-letter queue natively. */
    nativeDeaths: integer('native_deaths').notNull(),
    /** Fencing token of the claim that holds the job. */
    token: text(),
    leaseUntil: integer('lease_until'),
    /** No attempt before this time. */
    dueAt: integer('due_at').notNull(),
    /** When the sweep looks at it again; null when it is finished. */
    wakeAt: integer('wake_at'),
    resends: integer().notNull(),
    /** First claim of this generation; the total deadline counts from here. */
    firstStartedAt: integer('first_started_at'),
    createdAt: integer('created_at').notNull(),
    finishedAt: integer('finished_at'),
    lastError: text('last_error'),
    /** JSON `{status, body}` of the successful answer. */
    result: text(),
    trace: text().notNull(),
    /** JSON array of the sequences of its rows in `events`. */
    log: text().notNull(),
    /** The client that made it by `POST /jobs`; null for a webhook's. */
    client: text(),
    /** JSON `{connector, operation, queue}`: the job that tells how this one ended. */
    callback: text(),
    /** The job whose end this one tells. */
    parentId: text('parent_id'),
    /** How long the result is readable after the end, ms. */
    resultTtlMs: integer('result_ttl_ms'),
    /** R2 key of an input that is too large for the row. */
    inputKey: text('input_key'),
    /** What its death does to its ordering key; null is `release`. `released`: it would block, but an operator let others pass this death. */
    onDeath: text('on_death', { enum: ['release', 'block', 'released'] }),
    /** The generation from which its idempotency key is a new one; null: from the first on. */
    keyGeneration: integer('key_generation'),
    /** The bulk operation that put it back to work last. */
    bulkId: text('bulk_id'),
  },
  (table) => [
    index('jobs_wake')
      .on(table.queue, table.wakeAt)
      .where(sql`wake_at IS NOT NULL`),
    index('jobs_order')
      .on(table.orderingKey, table.n)
      .where(sql`ordering_key IS NOT NULL AND (wake_at IS NOT NULL OR (state = 'dead' AND on_death = 'block'))`),
    index('jobs_client')
      .on(table.client, table.id)
      .where(sql`client IS NOT NULL`),
    index('jobs_dead')
      .on(table.inboxId)
      .where(sql`state = 'dead'`),
  ],
)

/** One row an `Idempotency-Key` of a client, for `/execute` and for the creation of jobs. WITHOUT ROWID. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    client: text().notNull(),
    key: text().notNull(),
    /** SHA-256 over endpoint and body: another request under the same key is refused. */
    fingerprint: text().notNull(),
    state: text({ enum: ['running', 'done'] }).notNull(),
    /** Whose claim it is; unique to one request. */
    owner: text().notNull(),
    requestId: text('request_id').notNull(),
    /** When a running request is given up for lost, ms. */
    lockedUntil: integer('locked_until').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** JSON of the stored answer. */
    answer: text(),
  },
  (table) => [primaryKey({ columns: [table.client, table.key] })],
)

/** The one append-only log. `kind = 'attempt'` rows are the request log; every row may carry events. */
export const events = sqliteTable(
  'events',
  {
    seq: integer().primaryKey(),
    at: integer().notNull(),
    kind: text({ enum: ['event', 'attempt'] }).notNull(),
    provider: text(),
    connector: text(),
    inboxId: text('inbox_id'),
    jobId: text('job_id'),
    trace: text(),
    failed: integer(),
    /** JSON `AttemptRecord`, in attempt rows. */
    attempt: text(),
    /** JSON array of `LogEvent`. */
    events: text().notNull(),
  },
  (table) => [
    index('events_failed')
      .on(table.connector, table.seq)
      .where(sql`failed = 1`),
  ],
)

/** One row a death. WITHOUT ROWID. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    jobId: text('job_id').notNull(),
    generation: integer().notNull(),
    class: text({
      enum: ['upstream_rejected', 'upstream_failed', 'timeout', 'breaker_open', 'config_error', 'poison', 'platform'],
    }).notNull(),
    queue: text({ enum: ['webhook', 'critical', 'default', 'low'] }).notNull(),
    inboxId: text('inbox_id'),
    connector: text(),
    operation: text(),
    error: text().notNull(),
    attempts: integer().notNull(),
    diedAt: integer('died_at').notNull(),
    status: text({ enum: ['open', 'replayed', 'discarded'] }).notNull(),
    closedAt: integer('closed_at'),
    /** JSON of the message, where no job was found for it. */
    message: text(),
    /** Of its webhook. Null in rows of older releases. */
    provider: text(),
    eventType: text('event_type'),
    /** Deaths with the same one died of the same error. Null in rows of older releases. */
    fingerprint: text(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.generation] }),
    index('dead_letters_connector')
      .on(table.connector, table.diedAt)
      .where(sql`status = 'open'`),
    index('dead_letters_fingerprint')
      .on(table.fingerprint, table.diedAt)
      .where(sql`status = 'open'`),
    index('dead_letters_died').on(table.diedAt),
    index('dead_letters_open')
      .on(table.diedAt)
      .where(sql`status = 'open'`),
  ],
)

/** One row for something that is done to many: replays, discards, cancellations. WITHOUT ROWID. */
export const bulkOperations = sqliteTable('bulk_operations', {
  id: text().primaryKey(),
  kind: text({ enum: ['replay_dead_letters', 'discard_dead_letters', 'replay_webhooks', 'cancel_jobs'] }).notNull(),
  status: text({ enum: ['running', 'paused', 'stopped', 'cancelled', 'done'] }).notNull(),
  /** JSON of the filter that was planned with, and of how each one is done. */
  filter: text().notNull(),
  options: text().notNull(),
  ratePerSecond: integer('rate_per_second').notNull(),
  /** It stops by itself after so many failures; null never. */
  stopAfterFailures: integer('stop_after_failures'),
  reason: text().notNull(),
  actorKind: text('actor_kind', { enum: ['user', 'service', 'system'] }).notNull(),
  actorId: text('actor_id').notNull(),
  /** Sequence of the audit row that holds the intent. */
  auditSeq: integer('audit_seq').notNull(),
  createdAt: integer('created_at').notNull(),
  finishedAt: integer('finished_at'),
  /** What the plan counted, and what became of it. */
  total: integer().notNull(),
  done: integer().notNull(),
  /** No longer there, or no longer as the filter wants it. */
  skipped: integer().notNull(),
  failed: integer().notNull(),
  lastError: text('last_error'),
  /** JSON of where the walk over the shards stands; null before it began. */
  position: text(),
  /** When the runner takes its next step, ms; null when it is over or waits for somebody. */
  wakeAt: integer('wake_at'),
})

/** A sample of what was not believed; `count` tells how many requests a row stands for. WITHOUT ROWID. */
export const rejectedRequests = sqliteTable(
  'rejected_requests',
  {
    /** Minutes since the epoch. */
    minute: integer().notNull(),
    provider: text().notNull(),
    /** Places of one provider and minute are few, so that a flood cannot fill the database. */
    slot: integer().notNull(),
    at: integer().notNull(),
    reason: text().notNull(),
    method: text().notNull(),
    ip: text(),
    /** JSON array of [name, value]; secrets redacted. */
    headers: text().notNull(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.provider, table.slot] })],
)

export type RejectedRequestRow = typeof rejectedRequests.$inferSelect
export type InboxRow = typeof inbox.$inferSelect
export type IdempotencyKeyRow = typeof idempotencyKeys.$inferSelect
export type JobRow = typeof jobs.$inferSelect
export type EventRow = typeof events.$inferSelect
export type DeadLetterRow = typeof deadLetters.$inferSelect
export type BulkOperationRow = typeof bulkOperations.$inferSelect
