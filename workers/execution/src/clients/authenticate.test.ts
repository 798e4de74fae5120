import { err, ok } from '@orchestrator/shared/core/result'
import { sha256Hex } from '@orchestrator/shared/core/bytes'
import { describe, it } from 'vitest'
import { testClient } from '../testing/clients.ts'
import { executeStack } from '../testing/execute.ts'
import { stack } from '../testing/stack.ts'
import { authenticate, type AuthenticateOptions } from './authenticate.ts'

async function options(changes: Partial<AuthenticateOptions> = {}, client = {}) {
  const made = await testClient(client)
  const { snapshot } = await stack({ config: { clients: [made.client] } })
  const base: AuthenticateOptions = { config: snapshot, environment: 'production', now: Date.now(), verifyServiceToken: null }
  return { ...made, options: { ...base, ...changes } }
}
const assertion = (token: string) => new Headers({ 'cf-access-jwt-assertion': token })

describe('a key of development', () => {
  it('is unknown in production', async ({ expect }) => {
    const key = 'ork_dev_development_only'
    const keys = [{ id: 'dev', hash: await sha256Hex(key), createdAt: 0, expiresAt: null }]
    const one = await options({}, { keys })
    const headers = new Headers({ authorization: `Bearer ${key}` })
    expect(await authenticate(headers, one.options)).toMatchObject({ ok: false, error: { kind: 'invalid' } })
    const local = { ...one.options, environment: 'development' as const }
    expect(await authenticate(headers, local)).toEqual(ok(one.client))
  })
})

describe('a service token', () => {
  const verifyServiceToken: AuthenticateOptions['verifyServiceToken'] = async (token) => {
    if (token === 'good') return ok({ kind: 'service', id: 'token.access' })
    if (token === 'person') return ok({ kind: 'user', id: 'a@example.com' })
    return err(token === 'no-keys' ? { reason: 'keys_unavailable' } : { reason: 'signature_wrong' })
  }

  it('stands for its client', async ({ expect }) => {
    const one = await options({ verifyServiceToken }, { serviceTokens: ['token.access'] })
    expect(await authenticate(assertion('good'), one.options)).toEqual(ok(one.client))
    const other = await options({ verifyServiceToken }, { serviceTokens: [] })
    expect(await authenticate(assertion('good'), other.options)).toMatchObject({ error: { kind: 'invalid' } })
    const disabled = await options({ verifyServiceToken }, { serviceTokens: ['token.access'], enabled: false })
    expect(await authenticate(assertion('good'), disabled.options)).toMatchObject({ error: { kind: 'invalid' } })
  })

  it('is refused when it is not good, is a person’s, or nobody can tell', async ({ expect }) => {
    const one = await options({ verifyServiceToken }, { serviceTokens: ['token.access', 'a@example.com'] })
    const kinds = []
    for (const token of ['forged', 'person', 'no-keys']) {
      const outcome = await authenticate(assertion(token), one.options)
      kinds.push(outcome.ok ? 'let in' : outcome.error.kind)
    }
    expect(kinds).toEqual(['invalid', 'invalid', 'unavailable'])
  })

  it('counts for nothing in a cookie, where it is off, or beside a wrong key', async ({ expect }) => {
    const one = await options({ verifyServiceToken }, { serviceTokens: ['token.access'] })
    const cookie = new Headers({ cookie: 'CF_Authorization=good' })
    expect(await authenticate(cookie, one.options)).toMatchObject({ error: { kind: 'missing' } })
    const off = { ...one.options, verifyServiceToken: null }
    expect(await authenticate(assertion('good'), off)).toMatchObject({ error: { kind: 'missing' } })
    const both = new Headers({ authorization: 'Bearer ork_wrong', 'cf-access-jwt-assertion': 'good' })
    expect(await authenticate(both, one.options)).toMatchObject({ error: { kind: 'invalid' } })
  })
})

describe('a client', () => {
  it('proves itself by a key that is in force', async ({ expect }) => {
    const hash = (key: string) => sha256Hex(key)
    const keys = [
      { id: 'new', hash: await hash('ork_new'), createdAt: 0, expiresAt: null },
      { id: 'old', hash: await hash('ork_old'), createdAt: 0, expiresAt: Date.now() + 60_000 },
      { id: 'over', hash: await hash('ork_over'), createdAt: 0, expiresAt: Date.UTC(2026, 0, 1) },
    ]
    const one = await executeStack({ client: { keys } })
    const bearer = (key: string) => one.ask(one.call, { authorization: key })
    expect((await bearer('Bearer ork_new')).status).toBe(200)
    expect((await bearer('bearer   ork_old ')).status).toBe(200)
    const refused: [string, string][] = [
      ['Bearer ork_over', `This API key expired at 2026-01-01T00:00:00.000Z. Use a newer key of the client “${one.client.id}”.`],
      ['Bearer ork_none', 'This API key is not known.'],
      ['Bearer ', 'The Authorization header must read: Bearer <key>.'],
      ['Basic b3JrX25ldw==', 'The Authorization header must read: Bearer <key>.'],
      [`Bearer ${'x'.repeat(5_000)}`, 'This API key is not known.'],
    ]
    for (const [header, detail] of refused) {
      const answer = await bearer(header)
      expect([answer.status, answer.json.detail]).toEqual([401, detail])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    }
    const none = await one.send({ body: '{}' })
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    await none.body?.cancel()
  })

  it('is refused while it is disabled', async ({ expect }) => {
    const one = await executeStack({ client: { enabled: false } })
    const answer = await one.ask()
    expect([answer.status, answer.json.detail]).toEqual([401, `The client “${one.client.id}” is disabled.`])
  })

  it('needs the scope', async ({ expect }) => {
    const one = await executeStack({ client: { scopes: ['jobs:write', 'jobs:read'] } })
    const answer = await one.ask()
    expect([answer.status, answer.json.detail]).toEqual([403, `The client “${one.client.id}” lacks the scope “execute”.`])
    expect(await one.calls()).toEqual([])
  })

  it('makes no more requests than its limit, and is told how it stands', async ({ expect }) => {
    const one = await executeStack({ client: { rateLimit: { limit: 2, perMs: 3_600_000, burst: 2 } } })
    const first = await one.ask('{')
    expect(first.status).toBe(400)
    expect(first.headers.get('ratelimit-policy')).toBe('"client";q=2;w=3600')
    expect(first.headers.get('ratelimit')).toMatch(/^"client";r=1;t=\d+$/)
    expect((await one.ask()).status).toBe(200)
    const third = await one.ask()
    expect([third.status, third.json.code]).toEqual([429, 'rate_limited'])
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(60)
    expect(third.headers.get('ratelimit')).toMatch(/^"client";r=0;t=\d+$/)
  })
})
