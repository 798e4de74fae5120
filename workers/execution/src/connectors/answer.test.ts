import { describe, it } from 'vitest'
import { httpBench } from '../testing/http-bench.ts'

const json = (body: unknown, init?: ResponseInit) => Response.json(body, init)
const DONE = { id: 7, state: 'done', secret: 's3cret-value' }

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
}

describe('the rule for success of an operation', () => {
  const cases: [statuses: string[], when: string | null, answer: () => Response, success: boolean][] = [
    [['2xx'], null, () => json({}), true],
    [['2xx', '!202'], null, () => json({}, { status: 202 }), false],
    [['200-204', '404'], null, () => json({}, { status: 404 }), true],
    [['2xx'], null, () => json({}, { status: 500 }), false],
    [['2xx'], 'body.state = "done"', () => json(DONE), true],
    [['2xx'], 'body.state = "open"', () => json(DONE), false],
    [['2xx'], 'body.state', () => json(DONE), false],
    [['2xx'], 'status = 200 and headers.`x-ok` = "yes"', () => json(DONE, { headers: { 'X-Ok': 'yes' } }), true],
    [['2xx'], '$contains(body, "OK")', () => new Response('RESULT: OK'), true],
    [['2xx'], '$error("no")', () => json(DONE), false],
    [['2xx'], 'true', () => new Response('x'.repeat(1_100_000)), false],
    [['2xx'], 'body = null', () => new Response(null), true],
    [['2xx'], 'body = null', () => new Response(new Uint8Array([0xff, 0xfe])), true],
  ]
  for (const [i, [statuses, when, answer, success]] of cases.entries()) {
    it(`${i}: ${statuses.join(' ')} ${when ?? ''} is ${success}`, async ({ expect }) => {
      const { call } = httpBench(answer)
      expect((await call({ operation: { success: { statuses, when } } })).end).toMatchObject({ kind: 'answered', success })
    })
  }

  it('sees no secret of the connector', async ({ expect }) => {
    const { call } = httpBench(() => json(DONE, { headers: { 'x-echo': 's3cret-value' } }), {
      secrets: { key: ['s3cret-value'] },
    })
    const auth = { kind: 'bearer' as const, secret: 'key' }
    const result = await call({ connector: { auth }, operation: { response: '[headers.`x-echo`, body.secret]' } })
    expect(result.body).toEqual(['[redacted]', '[redacted]'])
  })
})

describe('the response mapping of an operation', () => {
  it('makes the body that callers and results get', async ({ expect }) => {
    const { call } = httpBench(() => json(DONE, { status: 201, headers: { location: '/things/7' } }))
    const response = '{"id": body.id, "at": headers.location, "status": status}'
    expect(await call({ operation: { response } })).toMatchObject({
      end: { status: 201, success: null },
      body: { id: 7, at: '/things/7', status: 201 },
      problem: null,
    })
    expect((await call({ operation: { response: 'body.nothing' } })).body).toBeNull()
  })

  it('reads more than a result keeps, and is told where nothing can come of it: the upstream has acted', async ({ expect }) => {
    const rows = Array.from({ length: 5_000 }, (_, i) => ({ i, text: 'x'.repeat(20) }))
    const { call } = httpBench(() => json({ rows }))
    expect(await call({ operation: { response: '$count(body.rows)' } })).toMatchObject({ body: 5_000, problem: null })
    const problems: [string, string][] = [
      ['$error("no")', 'the response mapping of the operation failed'],
      ['body.rows', 'what the response mapping makes is longer than 32768 bytes'],
    ]
    for (const [response, problem] of problems) {
      const result = await call({ operation: { response } })
      expect(result).toMatchObject({ end: { status: 200 }, body: null, problem: expect.stringContaining(problem) })
      expect(result.excerpt).toContain(problem)
    }
    const long = httpBench(() => new Response('x'.repeat(1_100_000)))
    expect(await long.call({ connector: { responseLimitBytes: 5_000_000 }, operation: { response: 'status' } })).toMatchObject({
      end: { status: 200 },
      problem: 'the answer is too long for the response mapping of the operation',
    })
  })

  it('is not asked of a failure, whose body is told as it came', async ({ expect }) => {
    const { call } = httpBench(() => json({ error: 'x' }, { status: 422 }))
    expect(await call({ operation: { response: '$error("no")' } })).toMatchObject({ body: { error: 'x' }, problem: null })
  })
})

describe('what is kept of an answer', () => {
  const binary = new Uint8Array([0xff, 0xd8, 0x00, 0x01])

  it('is all of it as bytes, up to what the caller wants and the connector allows', async ({ expect }) => {
    const { call } = httpBench(() => new Response(binary, { headers: { 'content-type': 'image/jpeg', 'set-cookie': 'a=1' } }))
    const { answer } = await call({ keepBytes: 1_000 })
    expect(answer).toMatchObject({ status: 200, body: { kind: 'bytes', bytes: binary } })
    expect(answer?.headers.get('content-type')).toBe('image/jpeg')
    expect((await call({ keepBytes: 3 })).answer?.body).toEqual({ kind: 'too_large', limitBytes: 3 })
    const limited = await call({ keepBytes: 1_000, connector: { responseLimitBytes: 3 } })
    expect(limited.answer?.body).toEqual({ kind: 'too_large', limitBytes: 3 })
    expect((await call({ keepBytes: 4 })).answer?.body.kind).toBe('bytes')
  })

  it('is joined from its pieces', async ({ expect }) => {
    const pieces = ['ab', '', 'cdé', 'f'].map((text) => new TextEncoder().encode(text))
    const { call } = httpBench(() => new Response(streamOf(pieces)))
    const { answer, body } = await call({ keepBytes: 100 })
    expect(body).toBe('abcdéf')
    expect(answer?.body).toEqual({ kind: 'bytes', bytes: new TextEncoder().encode('abcdéf') })
  })

  it('is a stream where the caller reads it, and only where it is a success that nobody looks into', async ({ expect }) => {
    const { call } = httpBench(() => json(DONE))
    const live = await call({ stream: true })
    expect(live).toMatchObject({
      end: { status: 200 },
      body: null,
      excerpt: null,
      answer: { body: { kind: 'stream', limitBytes: 1_048_576 } },
    })
    const body = live.answer?.body
    expect(body?.kind === 'stream' ? await new Response(body.stream).json() : null).toEqual(DONE)
    for (const operation of [
      { response: 'body.id' },
      { success: { statuses: ['2xx'], when: 'true' } },
      { success: { statuses: ['201'], when: null } },
    ]) {
      expect((await call({ stream: true, operation })).answer?.body.kind).toBe('bytes')
    }
    const failing = httpBench(() => json({ error: 1 }, { status: 500 }))
    expect(await failing.call({ stream: true })).toMatchObject({ body: { error: 1 }, answer: { body: { kind: 'bytes' } } })
  })

  it('is nothing where the call was given up, and the reason is told', async ({ expect }) => {
    const ends = (reason: unknown) => {
      const controller = new AbortController()
      const { call } = httpBench(({ signal }) => {
        queueMicrotask(() => controller.abort(reason))
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
      })
      return call({ signal: controller.signal })
    }
    expect((await ends(new Error('the caller went away'))).end).toEqual({ kind: 'aborted', reason: 'the caller went away' })
    expect((await ends(new Error('another of the hedged calls was faster'))).end.kind).toBe('aborted')
    expect(await ends(new DOMException('x', 'TimeoutError'))).toMatchObject({
      end: { kind: 'timeout', afterMs: 5_000 },
      answer: null,
    })
  })
})
