import { beforeAll, describe, it } from 'vitest'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import type { ChangedImpersonation, ClientCallResponse } from '@orchestrator/shared/contracts/impersonation-api'
import {
  answer,
  ask,
  type AskOptions,
  bindings,
  bindPeople,
  publishTestConfig,
  CONSOLE_ORIGIN,
  setMode,
} from '../testing/harness.ts'

const db = bindings.CONTROL_DB
const client = (id: string, enabled: boolean) => ({
  id,
  name: id,
  enabled,
  keys: [],
  scopes: ['execute' as const],
  connectors: null,
  queues: null,
  rateLimit: null,
  serviceTokens: [],
})

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig({ clients: [client('shop', true), client('closed', false)] })
})

const start = (as: string, options: AskOptions = {}) =>
  ask('/v1/impersonations', { as: 'admin', method: 'POST', ...options, body: { as, reason: 'INC-1', minutes: 5 } })
const begin = async (as: string) => (await answer<ChangedImpersonation>(start(as), 201)).id
const acting = (id: string, options: AskOptions = {}) => ({
  as: 'admin' as const,
  ...options,
  headers: { ...options.headers, 'Orchestrator-Impersonation': id },
})
const newest = async () => (await answer<{ items: AuditEntry[] }>(ask('/v1/audit?limit=1', { as: 'auditor' }))).items[0]

describe('acting with a lower role', () => {
  it('has the rights of that role and no other, and both are written down', async ({ expect }) => {
    const id = await begin('role:operator')
    expect(await newest()).toMatchObject({ action: 'impersonation.started', target: `impersonation:${id}`, reason: 'INC-1' })
    expect(await answer(ask('/v1/me', acting(id)))).toMatchObject({ roles: ['viewer', 'operator'], actingAs: 'role:operator' })
    await answer(ask('/v1/queues/low/pause', acting(id, { method: 'POST', body: { reason: 'x' } })))
    expect(await newest()).toMatchObject({
      action: 'queue.paused',
      actor: { id: 'admin@example.com' },
      role: 'operator',
      impersonation: id,
      actingAs: 'role:operator',
    })
    const refused = await answer<{ detail: string }>(ask('/v1/policies', acting(id, { method: 'POST', body: {} })), 403)
    expect(refused.detail).toContain('you act as role:operator')
    expect(await newest()).toMatchObject({ action: 'access.refused', target: 'POST /v1/policies', actingAs: 'role:operator' })
  })

  it('cannot be used to get further: to bind roles, to act as somebody else, or to read what auditors read', async ({
    expect,
  }) => {
    const id = await begin('role:viewer')
    const tries: [string, AskOptions][] = [
      ['/v1/role-bindings', { method: 'POST', body: { kind: 'user', subject: 'a@example.com', role: 'admin', reason: 'x' } }],
      ['/v1/impersonations', { method: 'POST', body: { as: 'role:operator', reason: 'x' } }],
      [`/v1/impersonations/${id}/end`, { method: 'POST', body: {} }],
      ['/v1/audit', {}],
    ]
    for (const [path, options] of tries) {
      for (const door of ['control', 'console'] as const) await answer(ask(path, acting(id, { ...options, door })), 403)
    }
    expect(await newest()).toMatchObject({ action: 'access.refused', target: 'GET /v1/audit', actingAs: 'role:viewer' })
  })

  it('is for roles of one’s own below the highest, for clients that are there, and for administrators', async ({ expect }) => {
    const problem = async (as: string, status: number) =>
      (await answer<{ detail: string; issues?: { path: string }[] }>(start(as), status)).issues?.map(({ path }) => path)
    for (const as of [
      'role:admin',
      'role:auditor',
      'role:break_glass_admin',
      'role:emperor',
      'client:',
      'client:No!',
      'viewer',
      '',
    ]) {
      expect(await problem(as, 400), as).toEqual(['as'])
    }
    await problem('client:nobody', 404)
    await problem('client:closed', 409)
    for (const as of ['operator', 'auditor', 'viewer'] as const) await answer(start('role:viewer', { as }), 403)
  })

  it('ends at once, by itself, with a new one, and with the role of who acts', async ({ expect }) => {
    const first = await begin('role:operator')
    const second = await begin('role:viewer')
    expect(await newest()).toMatchObject({ action: 'impersonation.started', before: { running: [first] } })
    const refusal = async (id: string) => (await answer<{ detail: string }>(ask('/v1/jobs', acting(id)), 403)).detail
    expect(await refusal(first)).toContain('was ended')
    await answer(ask(`/v1/impersonations/${second}/end`, { as: 'admin', method: 'POST', body: { reason: 'done' } }))
    expect(await refusal(second)).toContain('was ended')
    const again = await answer<ChangedImpersonation>(
      ask(`/v1/impersonations/${second}/end`, { as: 'admin', method: 'POST', body: {} }),
    )
    expect(again).toMatchObject({ running: false, auditSeq: null })
    const third = await begin('role:operator')
    await db
      .prepare('UPDATE impersonations SET expires_at = ?2 WHERE id = ?1')
      .bind(third, Date.now() - 1)
      .run()
    expect(await refusal(third)).toContain('is over')
    const fourth = await begin('role:operator')
    await db.prepare("UPDATE impersonations SET actor_id = 'viewer@example.com' WHERE id = ?").bind(fourth).run()
    expect(await answer(ask('/v1/me', acting(fourth, { as: 'viewer' })))).toMatchObject({ roles: ['viewer'] })
    await answer(ask('/v1/queues/low/resume', acting(fourth, { as: 'viewer', method: 'POST', body: { reason: 'x' } })), 403)
  })

  it('is nobody else’s, and no other text', async ({ expect }) => {
    const id = await begin('role:viewer')
    const other = await answer<{ detail: string }>(ask('/v1/jobs', acting(id, { as: 'operator' })), 403)
    expect(other.detail).toBe('There is no such impersonation of yours.')
    expect(await newest()).toMatchObject({
      action: 'access.refused',
      actor: { id: 'operator@example.com' },
      target: 'GET /v1/jobs',
    })
    for (const text of ['', 'imp_1', `${id}, ${id}`, id.replace('imp', 'job')]) {
      await answer(ask('/v1/jobs', acting(text)), 400)
    }
    await answer(ask('/v1/jobs', acting(id.replace(/.$/, (last) => (last === '0' ? '1' : '0')))), 403)
  })

  it('is listed for auditors', async ({ expect }) => {
    const id = await begin('role:viewer')
    const { items, nextCursor } = await answer<{ items: { id: string; running: boolean }[]; nextCursor: string | null }>(
      ask('/v1/impersonations?limit=1', { as: 'auditor' }),
    )
    expect(items).toMatchObject([{ id, running: true, actor: { id: 'admin@example.com' }, actingAs: 'role:viewer' }])
    const next = await answer<{ items: { id: string }[] }>(ask(`/v1/impersonations?cursor=${nextCursor}`, { as: 'auditor' }))
    expect(next.items[0]?.id).not.toBe(id)
    await answer(ask('/v1/impersonations', { as: 'operator' }), 403)
  })
})

describe('acting as a client', () => {
  const call = (id: string, body: object, options: AskOptions = {}) =>
    ask(`/v1/impersonations/${id}/call`, { as: 'admin', method: 'POST', body, headers: { origin: CONSOLE_ORIGIN }, ...options })
  const execute = { method: 'POST', path: '/execute', idempotencyKey: 'k', body: { connector: 'billing' } }

  it('sends execution what the client would, and answers what the client would see', async ({ expect }) => {
    const id = await begin('client:shop')
    const told = await answer<ClientCallResponse>(call(id, execute))
    expect(told.body).toMatchObject({
      method: 'POST',
      path: '/execute',
      body: '{"connector":"billing"}',
      headers: { 'orchestrator-client': 'shop', 'idempotency-key': 'k', 'content-type': 'application/json' },
    })
    expect(JSON.stringify(told.body)).not.toContain('cf-access')
    expect(told.headers).toMatchObject({ 'x-request-id': 'req_of_execution', 'retry-after': '7' })
    expect(told.headers).not.toHaveProperty('set-cookie')
    expect(await newest()).toMatchObject({
      action: 'client_call.made',
      target: 'client:shop',
      reason: 'INC-1',
      actingAs: 'client:shop',
      after: { status: 200, requestId: 'req_of_execution' },
    })
    await answer(call(id, { method: 'GET', path: '/jobs?limit=1' }))
  })

  it('has no rights of an operator', async ({ expect }) => {
    const id = await begin('client:shop')
    for (const path of ['/v1/me', '/v1/jobs', '/v1/secrets']) {
      const { detail } = await answer<{ detail: string }>(ask(path, acting(id)), 403)
      expect(detail).toContain('a client has no role here')
    }
  })

  it('tells of a call that could not be made', async ({ expect }) => {
    const id = await begin('client:shop')
    await setMode('as-client', 'throw')
    await answer(call(id, execute), 503)
    await setMode('as-client', 'down')
    expect(await answer(call(id, execute))).toMatchObject({ status: 429 })
    await setMode('as-client', 'up')
    const { items } = await answer<{ items: AuditEntry[] }>(ask('/v1/audit?action=client_call.failed', { as: 'auditor' }))
    expect(items[0]).toMatchObject({ after: { path: '/execute', failed: 'execution could not be reached' } })
  })

  it('reaches nothing but the API for clients', async ({ expect }) => {
    const id = await begin('client:shop')
    for (const path of [
      '/readyz',
      '/jobs/../readyz',
      '//evil.example/execute',
      '/jobs/a/b',
      '/execute#x',
      'execute',
      '/jobs/%2e%2e',
    ]) {
      expect((await call(id, { ...execute, path })).status, path).toBe(400)
    }
    const written = await newest()
    for (const idempotencyKey of ['', 'a\nb', 'a\u0000', 'ключ', 'a'.repeat(301)]) {
      expect((await call(id, { ...execute, idempotencyKey })).status, idempotencyKey).toBe(400)
    }
    expect(await newest()).toEqual(written)
    const asViewer = await begin('role:viewer')
    await answer(call(asViewer, execute), 403)
    expect(await newest()).toMatchObject({ action: 'access.refused', target: `POST /v1/impersonations/${asViewer}/call` })
    await answer(call(id, execute), 403)
    expect(await newest()).toMatchObject({ action: 'access.refused', target: `POST /v1/impersonations/${id}/call` })
    await answer(call('imp_0001ARZ3NDEKTSV4RRFFQ69G5FAV', execute), 404)
  })
})
