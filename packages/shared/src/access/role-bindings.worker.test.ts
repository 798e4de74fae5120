import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { readRoleBindings } from './role-bindings.ts'

const db = (env as unknown as { CONTROL_DB: D1Database }).CONTROL_DB

describe('role bindings', () => {
  it('are found by email in any case, and by the exact name of a service token', async ({ expect }) => {
    const insert = db.prepare('INSERT INTO role_bindings (kind, subject, role, created_at) VALUES (?, ?, ?, 1)')
    await db.batch([
      insert.bind('user', 'Ada@Example.com', 'operator'),
      insert.bind('user', 'ada@example.com', 'auditor'),
      insert.bind('service', 'Deploy', 'viewer'),
      insert.bind('user', 'odd@example.com', 'emperor'),
    ])
    expect((await readRoleBindings(db, { kind: 'user', id: 'ada@example.com' })).sort()).toEqual(['auditor', 'operator'])
    expect(await readRoleBindings(db, { kind: 'service', id: 'Deploy' })).toEqual(['viewer'])
    expect(await readRoleBindings(db, { kind: 'service', id: 'deploy' })).toEqual([])
    expect(await readRoleBindings(db, { kind: 'service', id: 'ada@example.com' })).toEqual([])
    expect(await readRoleBindings(db, { kind: 'user', id: 'odd@example.com' })).toEqual([])
  })
})
