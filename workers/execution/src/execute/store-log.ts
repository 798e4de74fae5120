import type { ConnectorLogRow } from './deps.ts'

/** ?1 = rows. Sequences are handed out by the table, in the order of the rows. */
const INSERT = `INSERT INTO events (at, kind, connector, trace, failed, attempt, events)
SELECT CAST(value ->> '$.at' AS INTEGER), iif(value ->> '$.attempt' IS NULL, 'event', 'attempt'), value ->> '$.connector',
  value ->> '$.trace', iif(value ->> '$.attempt.outcome' <> 'success', 1, NULL), value ->> '$.attempt', value ->> '$.events'
FROM json_each(?1) ORDER BY key`

/** Appends to the log. Not repeated when D1 refuses: nothing of a row tells that it is there already. */
export async function insertLog(db: D1Database, rows: readonly ConnectorLogRow[]): Promise<void> {
  await db.prepare(INSERT).bind(JSON.stringify(rows)).run()
}
