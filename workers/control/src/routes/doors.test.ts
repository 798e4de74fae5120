import { beforeAll, describe, it } from 'vitest'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import { deadJobRow, deadLetterRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import { answer, ask, bindings, bindPeople, CONSOLE_ORIGIN, publishTestConfig, setMode } from '../testing/harness.ts'
import { serviceToken, tokenFor } from '../testing/tokens.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

describe('who somebody is', () => {
  it('is told with all roles that the bound ones contain', async ({ expect }) => {
    const me = (token: string) => answer(ask('/v1/me', { token }))
    expect(await me(await tokenFor('Admin@Example.COM'))).toEqual({
      actor: { kind: 'user', id: 'admin@example.com' },
      groups: [],
      roles: ['viewer', 'operator', 'admin'],
      actingAs: null,
      allows: ['viewer', 'operator', 'admin'].map((role) => ({ role, what: expect.stringMatching(/^[a-z]+s .{20}/) })),
    })
    expect(await me(await tokenFor('auditor@example.com'))).toMatchObject({ roles: ['viewer', 'auditor'] })
    expect(await me(await serviceToken('deploy.access'))).toMatchObject({ actor: { kind: 'service', id: 'deploy.access' } })
  })

  it('is read from the cookie where there is no header', async ({ expect }) => {
    const cookie = `x=1; CF_Authorization=${await tokenFor('viewer@example.com')}`
    expect((await ask('/v1/me', { headers: { cookie } })).status).toBe(200)
    expect((await ask('/v1/me', { headers: { cookie: 'CF_Authorization=nonsense' } })).status).toBe(401)
  })

  it('is known again after Access has rotated its keys', async ({ expect }) => {
    const token = await tokenFor('viewer@example.com', { key: 'rotated' })
    expect((await ask('/v1/me', { token })).status).toBe(401)
    await setMode('access', 'rotated')
    expect((await ask('/v1/me', { token })).status).toBe(200)
    await setMode('access', 'up')
  })
})

describe('the two doors', () => {
  it('are told apart in the audit log', async ({ expect }) => {
    const job = deadJobRow({ id: testId('job') })
    await insertRows(bindings.DATA_00, 'jobs', job)
    await insertRows(bindings.DATA_00, 'dead_letters', deadLetterRow(job))
    const request = { method: 'POST', as: 'operator', body: { reason: 'r' }, headers: { origin: CONSOLE_ORIGIN } } as const
    await answer(ask(`/v1/dead-letters/${job.id}.1/replay`, { ...request, door: 'console' }))
    const { items } = await answer<{ items: AuditEntry[] }>(ask('/v1/audit?limit=1', { as: 'auditor', door: 'console' }))
    expect(items[0]).toMatchObject({ door: 'console', action: 'dead_letter.replayed' })
  })

  it('hide which paths exist until the token is checked', async ({ expect }) => {
    for (const door of ['control', 'console'] as const) {
      for (const path of ['/', '/v1/nothing', '/metrics', '/docs/x', '/livez/x', '/v1/me/']) {
        expect((await ask(path, { door })).status, path).toBe(401)
        expect((await ask(path, { door, as: 'admin' })).status, path).toBe(404)
      }
      expect((await ask('/v1/jobs', { door, method: 'POST', body: {} })).status).toBe(401)
      expect((await ask('/v1/jobs', { door, method: 'POST', body: {}, as: 'admin' })).status).toBe(404)
    }
  })

  it('let nobody keep an answer', async ({ expect }) => {
    const response = await ask('/v1/me', { as: 'viewer' })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  })
})
