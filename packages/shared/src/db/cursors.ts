import { retryD1 } from './retry.ts'

/** How far something that follows a log has come; 0 before it began. */
export async function readCursor(db: D1Database, name: string): Promise<number> {
  const position = await retryD1(() =>
    db.prepare('SELECT position FROM cursors WHERE name = ?').bind(name).first<number>('position'),
  )
  return position ?? 0
}

/** Notes how far it has come. */
export function cursorStatement(db: D1Database, name: string, position: number): D1PreparedStatement {
  const sql = 'INSERT INTO cursors (name, position) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position'
  return db.prepare(sql).bind(name, position)
}
