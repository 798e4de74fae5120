import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startStubStack, type StubStack } from '../test/stub-stack.ts'
import { ACCESS_AUDIENCES, PEOPLE } from '../values.ts'

let stack: StubStack
beforeAll(async () => {
  stack = await startStubStack()
})
afterAll(() => stack.stop())

const keys = async (): Promise<JSONWebKeySet> => (await stack.ask('access', '/cdn-cgi/access/certs')).json<JSONWebKeySet>()

describe('the local Access', () => {
  it('mints tokens that verify against its published keys', async ({ expect }) => {
    const answer = await stack.ask('access', '/token?email=operator@example.com&app=console')
    expect(answer.headers.get('content-type')).toContain('text/plain')
    const token = await answer.text()
    const { payload } = await jwtVerify(token, createLocalJWKSet(await keys()), {
      algorithms: ['RS256'],
      issuer: `http://access.localhost:${stack.runtime.port}`,
      audience: ACCESS_AUDIENCES.console,
    })
    expect(payload).toMatchObject({ email: 'operator@example.com', type: 'app', aud: [ACCESS_AUDIENCES.console], country: 'DE' })
    expect(payload.sub).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(payload.identity_nonce).toMatch(/^[0-9a-f]{16}$/)
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(86_400)
    expect(payload.nbf).toBe(payload.iat)
  })

  it('publishes no private part of its key', async ({ expect }) => {
    const { keys: published } = await keys()
    expect(published).toHaveLength(1)
    expect(Object.keys(published[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('names the key in the header, and gives a person the same subject every time', async ({ expect }) => {
    const mint = async (email: string) => (await stack.ask('access', `/token?email=${email}&app=console`)).text()
    const [first, again, other] = [
      await mint('admin@example.com'),
      await mint('admin@example.com'),
      await mint('viewer@example.com'),
    ]
    expect(decodeProtectedHeader(first)).toMatchObject({ alg: 'RS256', kid: (await keys()).keys[0]?.kid })
    expect(decodeJwt(again).sub).toBe(decodeJwt(first).sub)
    expect(decodeJwt(other).sub).not.toBe(decodeJwt(first).sub)
  })

  it('has an audience of its own for the break-glass door', async ({ expect }) => {
    const token = await (await stack.ask('access', '/token?email=breakglass@example.com&app=breakglass')).text()
    expect(decodeJwt(token).aud).toEqual([ACCESS_AUDIENCES.breakglass])
  })

  it('puts people into groups on demand, where Access has what the identity provider passes on', async ({ expect }) => {
    const mint = async (query: string) =>
      decodeJwt(await (await stack.ask('access', `/token?email=new@example.com&app=console${query}`)).text())
    expect(await mint('&groups=on-call,%20platform')).toMatchObject({ custom: { groups: ['on-call', 'platform'] } })
    expect(await mint('')).not.toHaveProperty('custom')
  })

  it('mints expired tokens on demand', async ({ expect }) => {
    const token = await (await stack.ask('access', '/token?email=admin@example.com&app=console&ttlSeconds=-300')).text()
    const { exp = 0, iat = 0 } = decodeJwt(token)
    expect(exp).toBeLessThan(Date.now() / 1_000 - 200)
    expect(iat).toBeLessThan(exp)
  })

  it('answers JSON to who asks for it', async ({ expect }) => {
    const headers = { accept: 'application/json' }
    const answer = await stack.ask('access', '/token?email=admin@example.com&app=console', { headers })
    expect(decodeJwt((await answer.json<{ token: string }>()).token).email).toBe('admin@example.com')
  })

  for (const [query, what] of [
    ['email=nobody&app=console', 'email'],
    ['app=console', 'email'],
    ['email=admin@example.com&app=billing', 'app'],
    ['email=admin@example.com', 'app'],
    ['email=admin@example.com&app=console&ttlSeconds=soon', ''],
  ]) {
    it(`refuses /token?${query} with a text`, async ({ expect }) => {
      const answer = await stack.ask('access', `/token?${query}`)
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain(what)
    })
  }

  it('lists everybody on the sign-in page, and shows what it was given as text', async ({ expect }) => {
    const page = await (await stack.ask('access', `/sign-in?to=${encodeURIComponent('/"><script>alert(1)</script>')}`)).text()
    for (const { email } of PEOPLE) expect(page).toContain(`value="${email}"`)
    expect(page).not.toContain('<script>')
  })
})
