/** The floor's own tables, since every row of the real ones carries more than it knows. One written row for each row. */
export const FLOOR_TABLES = [
  'CREATE TABLE floor_keys (key TEXT PRIMARY KEY, webhook_id TEXT NOT NULL) WITHOUT ROWID',
  'CREATE TABLE floor_webhooks (id TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID',
  'CREATE TABLE floor_jobs (id TEXT PRIMARY KEY, webhook_id TEXT NOT NULL) WITHOUT ROWID',
]
