import { type Connector, type ConnectorAuth, operation as operationOf } from '@orchestrator/shared/contracts/connector'
import { err, ok } from '@orchestrator/shared/core/result'
import { Secret } from '@orchestrator/shared/secrets/secret'
import { describe, it } from 'vitest'
import { fillPath } from '@orchestrator/shared/operations/fill-path'
import { callHttp, type HttpCall, type HttpConnectorDeps } from './http-connector.ts'
import { TokenCache } from './auth/token-cache.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { MAX_KEPT_BYTES } from './read-response.ts'

const connector: Connector = {
  id: 'billing',
  baseUrl: 'https://billing.example.com/api/',
  auth: { kind: 'none' },
  headers: { 'x-team': 'growth' },
  policy: 'billing',
  responseLimitBytes: 1_048_576,
  egress: { redirects: 0, allowedHosts: [] },
  resumedAt: null,
  breakerResetAt: null,
}
const operation = operationOf.parse({ connector: 'billing', name: 'set', method: 'PUT', path: '/subscriptions/{id}', body: '$' })

const timedOut = new DOMException('no answer within 300 ms', 'TimeoutError')

interface Seen {
  url: string
  init: RequestInit
}

const SECRETS: Record<string, Secret> = { key: new Secret('s3cret-value'), broken: new Secret('s3cret\udc00value') }

function bench(answer: (seen: Seen) => Promise<Response>, changes: Partial<HttpConnectorDeps> = {}) {
  const seen: Seen[] = []
  const deps: HttpConnectorDeps = {
    fetch: (url, init) => {
      seen.push({ url, init })
      return answer({ url, init })
    },
    findSecrets: async (name) => (SECRETS[name] ? [SECRETS[name]] : []),
    tokens: new TokenCache(),
    now: () => 1_000,
    environment: 'production',
    ownHosts: ['orchestrator.example'],
    ...changes,
  }
  const call = (changes: Partial<HttpCall> = {}) =>
    callHttp(deps, {
      connector,
      operation,
      input: ok({ id: 'sub/1', status: 'active' }),
      idempotencyKey: 'job_1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      signal: new AbortController().signal,
      attemptMs: 5_000,
      ...changes,
    })
  return { call, seen, headers: () => new Headers(seen[0]?.init.headers) }
}

describe('one HTTP call', () => {
  it('is made of connector, operation and input', async ({ expect }) => {
    const { call, seen, headers } = bench(async () => Response.json({ ok: true }, { status: 201 }))
    const result = await call()
    expect(seen[0]?.url).toBe('https://billing.example.com/api/subscriptions/sub%2F1')
    expect(seen[0]?.init).toMatchObject({ method: 'PUT', body: '{"id":"sub/1","status":"active"}', redirect: 'manual' })
    expect(Object.fromEntries(headers())).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'idempotency-key': 'job_1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'user-agent': 'Orchestrator/1',
      'x-team': 'growth',
    })
    expect(result).toMatchObject({
      end: { kind: 'answered', status: 201 },
      body: { ok: true },
      excerpt: '{"ok":true}',
      url: seen[0]?.url,
    })
  })

  it('sends no body where the operation has none', async ({ expect }) => {
    const { call, seen, headers } = bench(async () => new Response(null, { status: 204 }))
    const result = await call({ operation: { ...operation, method: 'GET', body: null } })
    expect(seen[0]?.init.body).toBeNull()
    expect(headers().has('content-type')).toBe(false)
    expect(result).toMatchObject({ end: { status: 204 }, body: null, excerpt: '' })
  })

  const auths: [ConnectorAuth, string, string][] = [
    [{ kind: 'bearer', secret: 'key' }, 'authorization', 'Bearer s3cret-value'],
    [{ kind: 'basic', username: 'me', secret: 'key' }, 'authorization', `Basic ${btoa('me:s3cret-value')}`],
    [{ kind: 'header', header: 'X-Api-Key', secret: 'key' }, 'x-api-key', 's3cret-value'],
  ]
  for (const [auth, header, value] of auths) {
    it(`is authorised by ${auth.kind}, and no record shows the secret, even if the upstream says it`, async ({ expect }) => {
      const { call, headers } = bench(async () => new Response(`you sent ${value}`, { status: 500 }))
      const result = await call({ connector: { ...connector, auth } })
      expect(headers().get(header)).toBe(value)
      expect(result.excerpt).toContain('[redacted]')
      expect(JSON.stringify(result)).not.toContain('s3cret-value')
      expect(JSON.stringify(result)).not.toContain(btoa('me:s3cret-value'))
    })
  }

  it('is not made without its secret, with a broken mapping, path or header', async ({ expect }) => {
    const { call, seen } = bench(async () => new Response())
    const ends = await Promise.all([
      call({ connector: { ...connector, auth: { kind: 'bearer', secret: 'other' } } }),
      call({ input: err('the input mapping of the route failed: x') }),
      call({ input: ok({ id: '..' }) }),
      call({ input: ok(null) }),
      call({ operation: { ...operation, body: '$error("no")' } }),
      call({ operation: { ...operation, body: 'nothing' } }),
      call({ connector: { ...connector, headers: { 'bad header': 'x' } } }),
      call({ input: ok({ id: '\ud800' }) }),
      call({ connector: { ...connector, headers: { 'x-team': '\ud800' } } }),
      call({ connector: { ...connector, auth: { kind: 'bearer', secret: 'broken' } } }),
      call({ connector: { ...connector, auth: { kind: 'basic', username: 'me', secret: 'broken' } } }),
      call({ connector: { ...connector, baseUrl: 'https://169.254.169.254' } }),
      call({ connector: { ...connector, baseUrl: 'https://billing.localhost' } }),
      call({ connector: { ...connector, baseUrl: 'https://control.orchestrator.example' } }),
    ])
    expect(ends.map(({ end }) => end.kind)).toEqual(ends.map(() => 'config'))
    expect(seen).toEqual([])
  })

  it('carries half a surrogate pair in its body as the sender wrote it', async ({ expect }) => {
    const { call, seen } = bench(async () => new Response())
    expect((await call({ input: ok({ id: 's', name: 'a\ud800' }) })).end).toMatchObject({ status: 200 })
    expect(seen[0]?.init.body).toBe('{"id":"s","name":"a\\ud800"}')
  })

  it('is no attempt when its time was over before it could be sent', async ({ expect }) => {
    const { call, seen } = bench(async () => new Response())
    await expect(call({ signal: AbortSignal.abort() })).rejects.toThrow('the call was not sent')
    expect((await call({ signal: AbortSignal.abort(), input: err('no mapping') })).end.kind).toBe('config')
    expect(seen).toEqual([])
  })

  it('is no attempt when its secret cannot be looked up at this moment', async ({ expect }) => {
    const { call, seen } = bench(async () => new Response(), { findSecrets: () => Promise.reject(new Error('too slow')) })
    await expect(call({ connector: { ...connector, auth: { kind: 'bearer', secret: 'key' } } })).rejects.toThrow('too slow')
    expect(seen).toEqual([])
  })

  it('tells a timeout from a connection that fails', async ({ expect }) => {
    const refused = bench(() => Promise.reject(new TypeError('connection refused')))
    expect((await refused.call()).end).toEqual({ kind: 'network', error: 'connection refused' })
    const controller = new AbortController()
    const hanging = bench(
      ({ init }) => new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
    )
    const call = hanging.call({ signal: controller.signal, attemptMs: 300 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    controller.abort(timedOut)
    expect((await call).end).toEqual({ kind: 'timeout', afterMs: 300 })
  })

  it('is a timeout too when the answer stops in the middle', async ({ expect }) => {
    const controller = new AbortController()
    const { call } = bench(async ({ init }) => {
      const body = new ReadableStream<Uint8Array>({
        start(stream) {
          stream.enqueue(new TextEncoder().encode('half'))
          init.signal?.addEventListener('abort', () => stream.error(new Error('aborted')))
        },
      })
      return new Response(body)
    })
    const result = call({ signal: controller.signal })
    await new Promise((resolve) => setTimeout(resolve, 5))
    controller.abort(timedOut)
    expect((await result).end.kind).toBe('timeout')
  })

  it('keeps the start of a large answer, and waits for no more of it', async ({ expect }) => {
    let cancelled = false
    const { call } = bench(async () => {
      const chunk = new TextEncoder().encode('é'.repeat(5_000))
      const body = new ReadableStream<Uint8Array>({
        pull: (stream) => stream.enqueue(chunk),
        cancel: () => {
          cancelled = true
        },
      })
      return new Response(body)
    })
    const result = await call()
    expect(cancelled).toBe(true)
    expect(result).toMatchObject({ end: { status: 200 }, body: null })
    expect(result.excerpt).toBe('é'.repeat(2_000))
    expect(MAX_KEPT_BYTES).toBeLessThan(64 * 1_024)
  })

  it('keeps no more than the connector allows', async ({ expect }) => {
    const { call } = bench(async () => new Response('0123456789'))
    expect(await call({ connector: { ...connector, responseLimitBytes: 4 } })).toMatchObject({ excerpt: '0123', body: null })
    expect(await call({ connector: { ...connector, responseLimitBytes: 10 } })).toMatchObject({
      excerpt: '0123456789',
      body: '0123456789',
    })
  })
})

describe('a path', () => {
  it('takes fields of the input, and nothing that changes its shape', ({ expect }) => {
    expect(fillPath('/a/{x}/b/{y}', { x: 'ü ?#/', y: 7 })).toEqual(ok('/a/%C3%BC%20%3F%23%2F/b/7'))
    for (const x of ['', '.', '..', null, undefined, {}, true]) expect(fillPath('/a/{x}', { x }).ok).toBe(false)
    expect(fillPath('/a/{x}', { x: 'a\udc00b' }).ok).toBe(false)
    expect(fillPath('/a/{x}', JSON.parse('{"x":12345678901234567890}')).ok).toBe(false)
    expect(fillPath('/a/{x}', { x: '12345678901234567890' })).toEqual(ok('/a/12345678901234567890'))
    expect(fillPath('/a/{x}', { x: '😀' })).toEqual(ok('/a/%F0%9F%98%80'))
    expect(fillPath('/a/{toString}', {}).ok).toBe(false)
    expect(fillPath('/a', null)).toEqual(ok('/a'))
  })
})

describe('the idempotency key', () => {
  it('is the job itself, or renewed after each failure that was answered', ({ expect }) => {
    expect(idempotencyKey('job', { id: 'job_1', answeredFailures: 3 })).toBe('job_1')
    expect([0, 1, 2].map((answeredFailures) => idempotencyKey('attempt', { id: 'job_1', answeredFailures }))).toEqual([
      'job_1',
      'job_1-2',
      'job_1-3',
    ])
    const replayed = { id: 'job_1', keyGeneration: 3 }
    expect(idempotencyKey('job', { ...replayed, answeredFailures: 3 })).toBe('job_1-g3')
    expect(idempotencyKey('attempt', { ...replayed, answeredFailures: 3 })).toBe('job_1-g3-4')
    expect(idempotencyKey('job', { id: 'job_1', keyGeneration: null, answeredFailures: 0 })).toBe('job_1')
  })
})
