import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
const TARGETS = ['data', 'control'] as const

function migrations(target: string): { name: string; text: string }[] {
  return globSync('*.sql', { cwd: join(root, 'migrations', target) })
    .sort()
    .map((name) => ({ name: `${target}/${name}`, text: readFileSync(join(root, 'migrations', target, name), 'utf8') }))
}

function applied(target: string): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  for (const { text } of migrations(target)) for (const statement of text.split('--> statement-breakpoint')) db.exec(statement)
  return db
}

describe('migrations', () => {
  it('are append-only: what has landed keeps its checksum', ({ expect }) => {
    const landed = JSON.parse(readFileSync(join(root, 'migrations/checksums.json'), 'utf8')) as Record<string, string>
    const now = Object.fromEntries(
      TARGETS.flatMap(migrations).map(({ name, text }) => [name, createHash('sha256').update(text).digest('hex')]),
    )
    expect(now).toEqual(landed)
  })

  for (const target of TARGETS) {
    it(`of ${target} are what the schema generates: there is nothing left to generate`, ({ expect }) => {
      const copy = mkdtempSync(join(root, 'node_modules/.migrations-'))
      try {
        cpSync(join(root, 'migrations', target), copy, { recursive: true })
        const output = execFileSync(
          join(root, 'node_modules/.bin/drizzle-kit'),
          [
            'generate',
            '--dialect',
            'sqlite',
            '--schema',
            `packages/shared/src/db/${target}-schema.ts`,
            '--out',
            relative(root, copy),
          ],
          { cwd: root, encoding: 'utf8' },
        )
        expect(output).toContain('No schema changes')
      } finally {
        rmSync(copy, { recursive: true, force: true })
      }
    })
  }

  it('make the key the row where a second copy of it would cost a write', ({ expect }) => {
    const tables = applied('data')
      .prepare("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
      .all()
    const withoutRowid = tables.filter((table) => table.wr === 1).map((table) => String(table.name))
    expect(withoutRowid.toSorted()).toEqual([
      'bulk_operations',
      'dead_letters',
      'dedupe',
      'idempotency_keys',
      'inbox',
      'jobs',
      'rejected_requests',
    ])
  })

  it('give the log two readings: the request log and the event log', ({ expect }) => {
    const db = applied('data')
    db.prepare('INSERT INTO events (seq, at, kind, connector, job_id, attempt, events) VALUES (1, 5, ?, ?, ?, ?, ?)').run(
      'attempt',
      'billing',
      'job_1',
      JSON.stringify({ attempt: 1, status: 200, outcome: 'success' }),
      JSON.stringify([{ type: 'job.succeeded' }, { type: 'breaker.closed', data: { a: 1 } }]),
    )
    expect(db.prepare('SELECT job_id, status, outcome FROM request_log').all()).toEqual([
      { job_id: 'job_1', status: 200, outcome: 'success' },
    ])
    expect(db.prepare('SELECT place, type, data FROM event_log').all()).toEqual([
      { place: 0, type: 'job.succeeded', data: null },
      { place: 1, type: 'breaker.closed', data: '{"a":1}' },
    ])
  })

  it('apply to an empty database for control', ({ expect }) => {
    const names = applied('control').prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
    expect(names.map((row) => row.name)).toEqual([
      'audit_log',
      'config_revisions',
      'cursors',
      'handshake_tokens',
      'impersonations',
      'last_uses',
      'open_intents',
      'refused_callers',
      'role_bindings',
    ])
  })
})
