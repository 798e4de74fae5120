import type { ConnectorAuth } from '@orchestrator/shared/contracts/connector'
import { describe, it } from 'vitest'
import { type BenchOptions, httpBench, type SentRequest } from '../../testing/http-bench.ts'

type OAuth = Extract<ConnectorAuth, { kind: 'oauth2ClientCredentials' }>
const auth: OAuth = {
  kind: 'oauth2ClientCredentials',
  tokenUrl: 'https://login.example.net/oauth/token',
  clientId: 'me:1',
  secret: 'key',
  scopes: ['read', 'write'],
  audience: 'https://billing.example.com/',
  clientAuth: 'basic',
}
const SECRET = 's3cret+värde/1'
const ask = { connector: { auth } }

/** A token endpoint and an upstream behind it. */
function world(
  token: (count: number) => Response | Promise<Response>,
  upstream: (request: SentRequest, count: number) => Response = () => new Response('ok'),
  options: BenchOptions = {},
) {
  const tokens: SentRequest[] = []
  const calls: SentRequest[] = []
  const bench = httpBench(
    (request) => (request.url === auth.tokenUrl ? token(tokens.push(request)) : upstream(request, calls.push(request))),
    { secrets: { key: [SECRET] }, ...options },
  )
  return { ...bench, tokens, calls }
}

const grant = (count: number, expires: unknown = 3600) =>
  Response.json({ access_token: `token-${count}`, token_type: 'Bearer', expires_in: expires })

describe('a token for the client itself', () => {
  it('is asked for once and kept until shortly before its end', async ({ expect }) => {
    let now = 0
    const { call, tokens, calls } = world(grant, undefined, { secrets: { key: [SECRET] }, deps: { now: () => now } })
    await call(ask)
    now = (3_600 - 61) * 1_000
    await call(ask)
    now = (3_600 - 60) * 1_000
    await call(ask)
    expect(calls.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ])
    expect(tokens[0]).toMatchObject({ method: 'POST', url: auth.tokenUrl })
    expect(Object.fromEntries(new URLSearchParams(String(tokens[0]?.body ?? '')))).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      audience: 'https://billing.example.com/',
    })
    expect(tokens[0]?.headers.get('authorization')).toBe(`Basic ${btoa('me%3A1:s3cret%2Bv%C3%A4rde%2F1')}`)
    expect(tokens[0]?.headers.has('idempotency-key')).toBe(false)
  })

  it('can be asked for with the client’s secret in the form', async ({ expect }) => {
    const { call, tokens } = world(grant)
    await call({ connector: { auth: { ...auth, clientAuth: 'body', scopes: [], audience: null } } })
    expect(Object.fromEntries(new URLSearchParams(String(tokens[0]?.body ?? '')))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'me:1',
      client_secret: SECRET,
    })
    expect(tokens[0]?.headers.has('authorization')).toBe(false)
  })

  it('is another for another connector, another scope and another value of the secret', async ({ expect }) => {
    const secrets = { key: [SECRET] }
    const { call, tokens } = world(grant, undefined, { secrets })
    await call(ask)
    await call({ connector: { auth, id: 'other' } })
    await call({ connector: { auth: { ...auth, scopes: [] } } })
    secrets.key = ['rotated-secret']
    await call(ask)
    expect(tokens).toHaveLength(4)
  })

  it('that the upstream refuses is dropped, and the call made once more with a new one', async ({ expect }) => {
    const revoked = world(
      grant,
      ({ headers }) => new Response(null, { status: headers.get('authorization') === 'Bearer token-1' ? 401 : 200 }),
    )
    revoked.deps.tokens.keep('x', 'y', 0)
    expect((await revoked.call(ask)).end).toMatchObject({ status: 401 })
    expect((await revoked.call(ask)).end).toMatchObject({ status: 200 })
    expect((await revoked.call(ask)).end).toMatchObject({ status: 200 })
    expect(revoked.calls.map(({ headers }) => headers.get('authorization')?.slice(-1))).toEqual(['1', '1', '2', '2'])
    const refused = world(grant, () => new Response(null, { status: 401 }))
    for (let i = 0; i < 3; i++) expect((await refused.call(ask)).end).toMatchObject({ status: 401 })
    expect(refused.calls).toHaveLength(5)
  })

  it('that was refused and cannot be replaced now leaves the call unmade: nobody needs to wonder what it did', async ({
    expect,
  }) => {
    const broken = () => new ReadableStream({ start: (controller) => controller.error(new Error('broken')) })
    const { call, calls } = world(
      (count) => (count === 1 ? grant(count) : new Response(null, { status: 503 })),
      (_request, count) => (count === 1 ? new Response('ok') : new Response(broken(), { status: 401 })),
    )
    await call(ask)
    await expect(call(ask)).rejects.toThrow('no token could be got, and the call was not sent')
    expect(calls).toHaveLength(2)
  })

  it('that cannot be got keeps the call from being sent, and is no attempt where that passes', async ({ expect }) => {
    const passing: [string, (count: number) => Promise<Response>][] = [
      ['answered 503', async () => new Response(SECRET, { status: 503 })],
      ['answered 429', async () => new Response(null, { status: 429 })],
      ['cannot be reached (no route to [redacted])', () => Promise.reject(new Error(`no route to ${SECRET}`))],
    ]
    for (const [reason, token] of passing) {
      const { call, calls, tokens } = world(token)
      await expect(call(ask)).rejects.toThrow(`no token could be got, and the call was not sent: the token endpoint ${reason}`)
      await expect(call(ask)).rejects.toThrow(reason)
      expect(tokens).toHaveLength(1)
      expect(calls).toEqual([])
    }
  })

  it('that is refused is for the operator to mend, and no error tells the secret', async ({ expect }) => {
    const cases: [Response, string][] = [
      [Response.json({ error: 'invalid_client', error_description: SECRET }, { status: 401 }), 'answered 401 (invalid_client)'],
      [Response.json({ error: SECRET }, { status: 400 }), 'answered 400'],
      [new Response(null, { status: 302, headers: { location: 'https://evil.example' } }), 'answered 302'],
      [new Response('<html>'), 'answered no bearer token'],
      [Response.json({ access_token: 'x', token_type: 'mac' }), 'answered no bearer token'],
      [new Response('x'.repeat(70_000)), 'answered no bearer token'],
    ]
    for (const [response, reason] of cases) {
      const { call, calls } = world(() => response)
      expect((await call(ask)).end).toEqual({ kind: 'config', error: `the token endpoint ${reason}` })
      expect(calls).toEqual([])
    }
  })

  it('comes from an address that is guarded like every other', async ({ expect }) => {
    for (const tokenUrl of [
      'https://169.254.169.254/token',
      'http://login.example.net/',
      'https://login.orchestrator.example/',
    ]) {
      const { call, sent } = world(grant)
      expect((await call({ connector: { auth: { ...auth, tokenUrl } } })).end).toMatchObject({
        kind: 'config',
        error: expect.stringContaining('the address of the token endpoint is refused'),
      })
      expect(sent).toEqual([])
    }
  })

  it('is in no record, nor is what it was got with', async ({ expect }) => {
    const echo = ({ headers }: SentRequest) =>
      new Response(`${headers.get('authorization')} ${SECRET} ${encodeURIComponent(SECRET)}`)
    const { call } = world(grant, echo)
    expect((await call(ask)).excerpt).toBe('[redacted] [redacted] [redacted]')
  })

  it('is given up with the call', async ({ expect }) => {
    const controller = new AbortController()
    const hang = () => new Promise<Response>(() => undefined)
    const { call } = world(
      (count) => (controller.abort(new Error('the caller went away')), count > 0 ? Promise.reject(new Error('aborted')) : hang()),
    )
    await expect(call({ ...ask, signal: controller.signal })).rejects.toThrow('no token could be got')
  })
})
