import { err, ok } from '@orchestrator/shared/core/result'
import { describe, it } from 'vitest'
import { httpBench } from '../testing/http-bench.ts'
import { inputIssues } from '@orchestrator/shared/operations/input-issues'
import { TEST_OPERATION } from '../testing/http-bench.ts'

const raw = { raw: true, body: null, path: '/hooks' }

describe('an operation that sends a body as it is', () => {
  it('sends the webhook’s bytes, content type and encoding', async ({ expect }) => {
    const body = new Uint8Array([0x1f, 0x8b, 0xff])
    const { call, sent } = httpBench(() => new Response())
    const webhook = ok({ body, contentType: 'application/xml', contentEncoding: 'gzip', headers: {} })
    await call({ operation: raw, webhook, input: ok(null) })
    expect(sent[0]?.body).toBe(body)
    expect(sent[0]?.headers.get('content-type')).toBe('application/xml')
    expect(sent[0]?.headers.get('content-encoding')).toBe('gzip')
    expect((await call({ operation: raw, webhook: err('webhook whk_1 is gone') })).end).toEqual({
      kind: 'config',
      error: 'webhook whk_1 is gone',
    })
  })

  it('sends what the input says, as text or as base64', async ({ expect }) => {
    const { call, sent } = httpBench(() => new Response())
    await call({ operation: raw, input: ok({ body: '<a>ü</a>', contentType: 'text/xml' }) })
    await call({ operation: raw, input: ok({ body: '/wAB', encoding: 'base64' }) })
    expect(sent[0]).toMatchObject({ body: '<a>ü</a>' })
    expect(sent[0]?.headers.get('content-type')).toBe('text/xml')
    expect(sent[1]?.body).toEqual(new Uint8Array([0xff, 0x00, 0x01]))
    expect(sent[1]?.headers.has('content-type')).toBe(false)
  })

  it('is not called with an input that has no such body, which whoever sent it is told', async ({ expect }) => {
    const { call, sent } = httpBench(() => new Response())
    const cases: [unknown, string][] = [
      [null, 'input'],
      [{}, 'input.body'],
      [{ body: {} }, 'input.body'],
      [{ body: 'é', encoding: 'base64' }, 'input.body'],
      [{ body: '\ud800' }, 'input.body'],
      [{ body: 'x', contentType: 'a\nb' }, 'input.contentType'],
      [{ body: 'x', encoding: 'hex' }, 'input.encoding'],
    ]
    for (const [input, path] of cases) {
      expect(inputIssues({ ...TEST_OPERATION, ...raw }, input)[0]?.path).toBe(path)
      expect((await call({ operation: raw, input: ok(input) })).end.kind).toBe('config')
    }
    expect(sent).toEqual([])
  })

  it('cannot be a GET', async ({ expect }) => {
    const { call } = httpBench(() => new Response())
    const { end } = await call({ operation: { ...raw, method: 'GET' }, input: ok({ body: 'x' }) })
    expect(end).toEqual({ kind: 'config', error: 'the operation “set” sends a body, which GET has not' })
  })
})

describe('headers that are sent on', () => {
  const forwardHeaders = [
    'X-Shop',
    'Accept',
    'X-Team',
    'Authorization',
    'Cookie',
    'X-Api-Key',
    'Host',
    'Idempotency-Key',
    'Connection',
    'CF-Ray',
    'X-Forwarded-For',
    'toString',
  ]
  const all = Object.fromEntries(forwardHeaders.slice(0, -1).map((name) => [name.toLowerCase(), 'theirs']))

  for (const from of ['webhook', 'input'] as const) {
    it(`are those that the operation names, are there, and prove no identity (${from})`, async ({ expect }) => {
      const { call, sent } = httpBench(() => new Response())
      const webhook = ok({ body: new Uint8Array(), contentType: 'text/plain', contentEncoding: null, headers: all })
      const input = ok({ id: 1, headers: from === 'input' ? { ...all, 'X-Other': 'no' } : {} })
      await call({ operation: { forwardHeaders, body: null, method: 'POST' }, input, ...(from === 'webhook' ? { webhook } : {}) })
      expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
        accept: 'theirs',
        'idempotency-key': 'job_1',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'user-agent': 'Orchestrator/1',
        'x-shop': 'theirs',
        'x-team': 'growth',
      })
    })
  }

  it('lose against the connector’s credentials', async ({ expect }) => {
    const { call, sent } = httpBench(() => new Response(), { secrets: { key: ['own'] } })
    const auth = { kind: 'header' as const, header: 'X-Shop', secret: 'key' }
    await call({ connector: { auth }, operation: { forwardHeaders }, input: ok({ id: 1, headers: all }) })
    expect(sent[0]?.headers.get('x-shop')).toBe('own')
  })

  it('must be able to stand in a header', async ({ expect }) => {
    const operation = { ...TEST_OPERATION, forwardHeaders: ['x-shop'] }
    for (const headers of [{ 'x-shop': 'a\r\nb' }, { 'x-shop': 7 }, 'x', { 'x-shop': '😀' }]) {
      expect(inputIssues(operation, { id: 1, headers })).toHaveLength(1)
    }
    expect(inputIssues(operation, { id: 1 })).toEqual([])
  })
})

describe('an input that does not meet the schema of its operation', () => {
  const inputSchema = { type: 'object', required: ['status'], properties: { status: { enum: ['on', 'off'] } } }

  it('is not sent, and its issues name the fields', async ({ expect }) => {
    const { call, sent } = httpBench(() => new Response())
    expect((await call({ operation: { inputSchema }, input: ok({ id: 1, status: 'up' }) })).end).toEqual({
      kind: 'config',
      error: 'the input does not meet the schema of the operation: “status” must be one of on, off',
    })
    expect((await call({ operation: { inputSchema }, input: ok({ id: 1, status: 'on' }) })).end.kind).toBe('answered')
    expect((await call({ operation: { inputSchema }, input: ok({ id: 1, status: 'up' }), checked: true })).end.kind).toBe(
      'answered',
    )
    expect(sent).toHaveLength(2)
    expect(inputIssues({ ...TEST_OPERATION, inputSchema }, {})).toEqual([
      { path: 'input.id', message: 'a number (of more than 15 digits: as a text), or a text that is not empty, “.” or “..”' },
      { path: 'input.status', message: 'is missing' },
    ])
  })
})
