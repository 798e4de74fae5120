import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Runtime } from '@orchestrator/dev/runtime/start-runtime'

/** Every row of every table, every object of R2: what a person with the platform's own tools would see. By place. */
export async function everythingStored(mf: Runtime['mf']): Promise<Map<string, string>> {
  const places = new Map<string, string>()
  for (const binding of ['CONTROL_DB', 'DATA_00', 'DATA_01']) {
    const db = await mf.getD1Database(binding, 'orchestrator-control')
    const { results } = await db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
      .all<{ name: string }>()
    for (const { name } of results) {
      const rows = await db.prepare(`SELECT * FROM ${name}`).all()
      places.set(`${binding}.${name}`, JSON.stringify(rows.results))
    }
  }
  const bucket = await mf.getR2Bucket('PAYLOADS', 'orchestrator-control')
  for (let cursor: string | undefined, more = true; more;) {
    const page = await bucket.list(cursor === undefined ? {} : { cursor })
    for (const { key, customMetadata } of page.objects) {
      const object = await bucket.get(key)
      places.set(`R2 ${key}`, `${key} ${JSON.stringify(customMetadata)} ${await object?.text()}`)
    }
    more = page.truncated
    cursor = page.truncated ? page.cursor : undefined
  }
  return places
}

/** The bytes of every file: Durable Objects, queues, and what databases have freed but not overwritten. By path. */
export function everythingOnDisk(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]))
}
