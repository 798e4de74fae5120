/** CONTROL_DB: small and precious. Configuration, who may do what, and the audit log. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

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

/** Roles by email or service-token name. */
export const roleBindings = sqliteTable(
  'role_bindings',
  {
    kind: text({ enum: ['user', 'service'] }).notNull(),
    subject: text().notNull(),
    role: text({ enum: ['viewer', 'operator', 'admin', 'auditor'] }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.subject, table.role] })],
)

/** Append-only, hash-chained: `hash = SHA-256(prev_hash ‖ canonical row)`. The sequence is the key, so the chain cannot fork. */
export const auditLog = sqliteTable('audit_log', {
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
