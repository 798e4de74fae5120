import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unstable_splitSqlQuery as splitSql } from 'wrangler'
import { ROOT } from '../lib/root.ts'
import { readWranglerConfig } from './wrangler-config.ts'
import { WORKERS, type WorkerName } from './workers.ts'

/** The bookkeeping table of `wrangler d1 migrations apply`, so that both tools agree on what has been applied. */
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`

export interface Database {
  worker: WorkerName
  binding: string
  migrations: string
}

/** Every D1 database that a Worker of the stack is bound to, once, with the folder of its migrations. */
export function databases(): Database[] {
  const found = new Map<string, Database>()
  for (const { name, folder } of WORKERS) {
    for (const { binding, database_id: id, migrations_dir: migrations } of readWranglerConfig(folder).d1_databases) {
      if (!found.has(id)) found.set(id, { worker: name, binding, migrations: join(ROOT, folder, migrations) })
    }
  }
  return [...found.values()]
}

/** Applies what a folder has and a database has not, in the order of the names; each file is one transaction. Answers the names. */
export async function migrate(db: D1Database, folder: string): Promise<string[]> {
  await db.prepare(BOOKKEEPING).run()
  const applied = await db.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()
  const known = new Set(applied.results.map(({ name }) => name))
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql') && !known.has(name)).sort()
  for (const name of names) {
    const statements = splitSql(await readFile(join(folder, name), 'utf8'))
    await db.batch([
      ...statements.map((statement) => db.prepare(statement)),
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ])
  }
  return names
}
