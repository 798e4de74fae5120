/** CONTROL_DB: small and precious. Configuration, who may do what, and the audit log. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Each write of configuration is a revision: the whole snapshot as JSON. */
export const configRevisions = sqliteTable('config_revisions', {
  revision: integer().primaryKey(),
  publishedAt: integer('published_at').notNull(),
  author: text().notNull(),
  reason: text().notNull(),
  /** SHA-256 of the content without revision and time, so that publishing the same again changes nothing. */
  contentHash: text('content_hash').notNull(),
  snapshot: text().notNull(),
})

/** Roles by email, by group of the identity provider, or by service-token name. */
export const roleBindings = sqliteTable(
  'role_bindings',
  {
    kind: text({ enum: ['user', 'group', 'service'] }).notNull(),
    subject: text().notNull(),
    role: text({ enum: ['viewer', 'operator', 'admin', 'auditor', 'break_glass_admin'] }).notNull(),
    createdAt: integer('created_at').notNull(),
    /** Who bound it; null for a seed. */
    createdBy: text('created_by'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.subject, table.role] })],
)

/** Append-only, hash-chained: `hash = SHA-256(prev_hash ‖ canonical row)`. The sequence is the key, so the chain cannot fork. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    seq: integer().primaryKey(),
    at: integer().notNull(),
    actorKind: text('actor_kind', { enum: ['user', 'service', 'system'] }).notNull(),
    actorId: text('actor_id').notNull(),
    role: text(),
    door: text({ enum: ['console', 'control', 'system'] }).notNull(),
    action: text().notNull(),
    target: text().notNull(),
    reason: text(),
    intentSeq: integer('intent_seq'),
    /** JSON, secrets left out. */
    before: text(),
    after: text(),
    ip: text(),
    requestId: text('request_id').notNull(),
    prevHash: text('prev_hash').notNull(),
    hash: text().notNull(),
    /** Of the canonical form: 1 has nothing of what follows. */
    v: integer().notNull().default(1),
    /** Cloudflare's id of the request. */
    ray: text(),
    /** While somebody acts as somebody else: the impersonation's id, and `client:<id>` or `role:<role>`. */
    impersonation: text(),
    actingAs: text('acting_as'),
  },
  (table) => [
    index('audit_log_at').on(table.at),
    index('audit_log_actor').on(table.actorId, table.seq),
    index('audit_log_action').on(table.action, table.seq),
    index('audit_log_target').on(table.target, table.seq),
  ],
)

/** Intents whose outcome nobody wrote yet: added with the intent, taken away with the outcome. */
export const openIntents = sqliteTable('open_intents', {
  seq: integer().primaryKey(),
  at: integer().notNull(),
})

/** A sample of callers that showed no valid token; `count` tells how many a row stands for. WITHOUT ROWID. */
export const refusedCallers = sqliteTable(
  'refused_callers',
  {
    /** Minutes since the epoch. */
    minute: integer().notNull(),
    /** Places of a minute are few, so that a flood cannot fill the database. */
    slot: integer().notNull(),
    at: integer().notNull(),
    reason: text().notNull(),
    method: text().notNull(),
    path: text().notNull(),
    ip: text(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.slot] })],
)

/** Who acts as a client or with a lower role, until when. WITHOUT ROWID. */
export const impersonations = sqliteTable(
  'impersonations',
  {
    id: text().primaryKey(),
    actorKind: text('actor_kind', { enum: ['user', 'service'] }).notNull(),
    actorId: text('actor_id').notNull(),
    /** `client:<id>` or `role:<role>`. */
    actingAs: text('acting_as').notNull(),
    reason: text().notNull(),
    startedAt: integer('started_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [index('impersonations_actor').on(table.actorId, table.startedAt)],
)

/** When a provider or connector was last at work, as the log tells it; brought up to date each minute. WITHOUT ROWID. */
export const lastUses = sqliteTable(
  'last_uses',
  {
    kind: text({ enum: ['provider', 'connector'] }).notNull(),
    id: text().notNull(),
    /** Which value of its secret proved it; `none` where that is not told. */
    which: text({ enum: ['current', 'previous', 'none'] }).notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id, table.which] })],
)

/** How far something that follows a log has come. */
export const cursors = sqliteTable('cursors', {
  name: text().primaryKey(),
  position: integer().notNull(),
})

/** The token that a sender showed last while it asked whether we are there (Notion), sealed: an operator pastes it back. */
export const handshakeTokens = sqliteTable('handshake_tokens', {
  provider: text().primaryKey(),
  iv: text().notNull(),
  ciphertext: text().notNull(),
  at: integer().notNull(),
})

export type ConfigRevisionRow = typeof configRevisions.$inferSelect
export type RoleBindingRow = typeof roleBindings.$inferSelect
export type AuditRow = typeof auditLog.$inferSelect
export type ImpersonationRow = typeof impersonations.$inferSelect
export type LastUseRow = typeof lastUses.$inferSelect
