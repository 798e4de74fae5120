import { describe, it } from 'vitest'
import { executeStack } from '../testing/execute.ts'
import { only } from '../testing/stack.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

describe('POST /execute', () => {
  it('calls the operation and answers what the upstream said, long numbers too', async ({ expect }) => {
    const one = await executeStack()
    const body = '{"id": "sub_1", "amount": 12345678901234567890}'
    await one.answers({ status: 201, headers: { ...JSON_TYPE, etag: 'W/"1"' }, body })
    const answer = await one.ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.json).toMatchObject({ status: 201, attempts: 1, body: { id: 'sub_1' }, headers: { etag: 'W/"1"' } })
    expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'))
    expect(answer.text).toContain('12345678901234567890')
    const call = only(await one.calls())
    expect(call).toMatchObject({ method: 'POST', path: '/echo', body: '{"id":"sub_1"}' })
    expect(call.headers['idempotency-key']).toBe(answer.json.requestId)
  })

  it('continues the caller’s trace with a span for each attempt', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({ status: 500 }, { status: 200 })
    const traceId = 'a'.repeat(32)
    await one.ask(one.call, { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` })
    const spans = (await one.calls()).map(({ headers }) => headers['traceparent']!.split('-'))
    expect(spans.map(([, trace]) => trace)).toEqual([traceId, traceId])
    expect(new Set(spans.map(([, , span]) => span)).size).toBe(2)
    expect(spans.flat()).not.toContain('b'.repeat(16))
  })

  it('gives a body as JSON, as text, as base64, or as nothing', async ({ expect }) => {
    const one = await executeStack()
    const text = { 'content-type': 'text/plain' }
    await one.answers(
      { status: 200, headers: text, body: '123' },
      { status: 200, headers: JSON_TYPE, body: '{"broken' },
      { status: 200, headers: { 'content-type': 'image/png' }, base64: '/9j/4AA=' },
      { status: 204 },
      { status: 200, headers: JSON_TYPE, body: `${'['.repeat(2_000)}${']'.repeat(2_000)}` },
    )
    const answers = []
    for (let n = 0; n < 5; n++) answers.push((await one.ask()).json)
    expect(answers.map(({ body }) => body)).toEqual(['123', '{"broken', '/9j/4AA=', null, expect.stringMatching(/^\[+\]+$/)])
    expect(answers.map(({ bodyEncoding }) => bodyEncoding)).toEqual([undefined, undefined, 'base64', undefined, undefined])
    expect(answers[3]?.status).toBe(204)
  })

  it('leaves out headers of the connection and what proves an identity, and the credential wherever it stands', async ({
    expect,
  }) => {
    const one = await executeStack()
    const headers = {
      'set-cookie': 'sid=1',
      'x-api-key': 'k',
      'x-session-id': 's',
      'www-authenticate': 'Basic',
      connection: 'x-hop',
      'x-hop': '1',
      'x-note': 'you sent billing_development_only',
      'x-kept': 'yes',
    }
    await one.answers({ status: 200, headers: { ...headers, ...JSON_TYPE }, body: '{"seen":"billing_development_only"}' })
    const answer = await one.ask()
    expect(answer.json.headers).toMatchObject({ 'x-kept': 'yes', 'x-note': 'you sent [redacted]' })
    for (const name of ['set-cookie', 'x-api-key', 'x-session-id', 'www-authenticate', 'connection', 'x-hop', 'content-length']) {
      expect(Object.keys(answer.json.headers)).not.toContain(name)
    }
    expect(answer.json.body).toEqual({ seen: '[redacted]' })
    expect(answer.text).not.toContain('billing_development_only')
  })

  it('leaves out credentials also in the form in which they were sent', async ({ expect }) => {
    const one = await executeStack({ connector: { auth: { kind: 'basic', username: 'me', secret: 'billing-credential' } } })
    const sent = btoa('me:billing_development_only')
    await one.answers({ status: 200, headers: { 'content-type': 'text/plain' }, body: `Basic ${sent}, or ${sent}` })
    expect((await one.ask()).json.body).toBe('[redacted], or [redacted]')
  })

  it('gives no more than the connector allows as JSON, and says that the call was made', async ({ expect }) => {
    const one = await executeStack({ connector: { responseLimitBytes: 10 } })
    await one.answers({ status: 200, body: 'x'.repeat(11) })
    const answer = await one.ask()
    expect(answer.status).toBe(502)
    expect(answer.json).toMatchObject({ code: 'upstream_failed', outcome: 'done', upstreamStatus: 200, attempts: 1 })
    expect(answer.json.detail).toContain('more than 10 bytes')
  })
})

describe('a request that is not right', () => {
  it('is told which fields are wrong', async ({ expect }) => {
    const one = await executeStack()
    const wrong = await one.ask({ ...one.call, connector: 7, timeoutMs: 0, extra: true })
    expect(wrong.status).toBe(400)
    expect(wrong.json.issues?.map(({ path }) => path).sort()).toEqual(['', 'connector', 'timeoutMs'])
    const path = await one.ask({ ...one.call, operation: 'set-subscription', input: { id: '..' } })
    expect([path.status, path.json.issues?.map(({ path }) => path)]).toEqual([400, ['input.id']])
    const key = await one.ask(one.call, { 'idempotency-key': 'a b' })
    expect([key.status, key.json.issues?.map(({ path }) => path)]).toEqual([400, ['Idempotency-Key']])
    expect(await one.calls()).toEqual([])
  })

  it('must have an input that the operation’s schema takes', async ({ expect }) => {
    const inputSchema = { type: 'object', required: ['id'], properties: { id: { type: 'string' }, seats: { minimum: 1 } } }
    const one = await executeStack({ operation: { inputSchema } })
    const wrong = await one.ask({ ...one.call, input: { seats: 0 } })
    expect([wrong.status, wrong.json.issues?.map(({ path }) => path).sort()]).toEqual([400, ['input.id', 'input.seats']])
    expect((await one.ask()).status).toBe(200)
  })

  it('must be JSON that is not too long and not too deep', async ({ expect }) => {
    const one = await executeStack()
    const cases: [string, Record<string, string>, number, string][] = [
      ['{"a":', {}, 400, 'validation_failed'],
      ['[1]', {}, 400, 'validation_failed'],
      ['', {}, 400, 'validation_failed'],
      [`{"input":${'['.repeat(100_000)}`, {}, 400, 'validation_failed'],
      ['a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
      [`"${'x'.repeat(1_048_576)}"`, {}, 413, 'body_too_large'],
    ]
    for (const [body, headers, status, code] of cases) {
      const answer = await one.ask(body, headers)
      expect([answer.status, answer.json.code]).toEqual([status, code])
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })

  it('hears of another method than POST', async ({ expect }) => {
    const one = await executeStack()
    const response = await one.send({ method: 'PUT' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    await response.body?.cancel()
  })

  it('is judged in order: who, what, whether allowed, whether there', async ({ expect }) => {
    const one = await executeStack({ client: { connectors: ['other'] } })
    const broken = { connector: 'nothing', operation: 'nothing', input: 1, timeoutMs: 'x' }
    expect((await one.ask(broken, { authorization: 'Bearer no' })).status).toBe(401)
    expect((await one.ask(broken)).status).toBe(400)
    expect((await one.ask({ ...broken, timeoutMs: 1 })).status).toBe(403)
    const unknown = await one.ask({ connector: 'other', operation: 'echo', input: 1 })
    expect([unknown.status, unknown.json.detail]).toEqual([404, 'There is no connector “other”.'])
    const two = await executeStack()
    const operation = await two.ask({ ...two.call, operation: 'nothing' })
    expect([operation.status, operation.json.detail]).toEqual([404, `The connector “${two.name}” has no operation “nothing”.`])
  })
})
