/** Asks a database for its health: resolves when it answers a query on one of its tables, rejects with D1's error. */
export async function pingDb(db: D1Database | undefined, table: 'jobs' | 'config_revisions'): Promise<null> {
  if (!db) throw new Error('not bound')
  await db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).first()
  return null
}
