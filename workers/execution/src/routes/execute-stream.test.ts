import { exports } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { executeStack, QUICK_RETRY } from '../testing/execute.ts'
import { only } from '../testing/stack.ts'

const worker = (exports as unknown as { default: Fetcher }).default

type Stack = Awaited<ReturnType<typeof executeStack>>
const once = { retry: { ...QUICK_RETRY, maxAttempts: 1 } }
const raw = { accept: 'application/octet-stream' }

const request = ({ key, call }: Stack, headers: Record<string, string> = {}, body: object = call): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
})

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await read()
    if (holds(value) || tries > 100) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('a raw answer', () => {
  it('is the upstream’s: status, type and bytes', async ({ expect }) => {
    const one = await executeStack()
    const headers = { 'content-type': 'application/pdf', 'set-cookie': 'sid=1', 'x-note': 'kept' }
    await one.answers({ status: 500 }, { status: 203, headers, base64: 'JVBERv8=' })
    const answer = await one.send(request(one, raw))
    expect(answer.status).toBe(203)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(Uint8Array.from([0x25, 0x50, 0x44, 0x46, 0xff]))
    const told = ['content-type', 'x-note', 'x-orchestrator-attempts', 'set-cookie', 'cache-control'].map((name) =>
      answer.headers.get(name),
    )
    expect(told).toEqual(['application/pdf', 'kept', '2', null, 'no-store'])
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
  })

  it('says nothing in our name that the upstream said', async ({ expect }) => {
    const one = await executeStack()
    const theirs = {
      'idempotent-replayed': 'true',
      'x-request-id': 'theirs',
      ratelimit: '"x";r=1;t=1',
      'ratelimit-policy': '"x";q=1',
    }
    await one.answers({ status: 200, headers: theirs })
    const { headers } = await one.ask(one.call, raw)
    expect(['idempotent-replayed', 'ratelimit', 'ratelimit-policy'].map((name) => headers.get(name))).toEqual([null, null, null])
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    const { json } = await one.ask()
    expect(json.headers).toMatchObject(theirs)
  })

  it('has no secret of the connector in it, streamed, kept or encoded', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({ status: 200, base64: btoa('\xff billing_development_only') })
    const streamed = await one.send(request(one, raw))
    const kept = await one.send(request(one, { ...raw, 'idempotency-key': 'k' }))
    const replayed = await one.send(request(one, { ...raw, 'idempotency-key': 'k' }))
    const bytes = [streamed, kept, replayed].map(async (answer) => new Uint8Array(await answer.arrayBuffer()))
    const clean = Uint8Array.from('\xff [redacted]', (char) => char.charCodeAt(0))
    expect(await Promise.all(bytes)).toEqual(Array(3).fill(clean))
    expect((await one.ask()).json).toMatchObject({ bodyEncoding: 'base64', body: btoa('\xff [redacted]') })
  })

  it('of a failure is a problem document, as ever', async ({ expect }) => {
    const one = await executeStack({ policy: once })
    await one.answers({ status: 404, body: '{"error":"none"}' })
    const answer = await one.ask(one.call, raw)
    expect(answer.json).toMatchObject({ status: 502, upstreamStatus: 404, upstreamBody: { error: 'none' } })
  })

  it('comes piece by piece, beyond what is read into memory', async ({ expect }) => {
    const one = await executeStack({ connector: { responseLimitBytes: 50_000_000 } })
    await one.answers({ status: 200, chunks: { count: 40, bytes: 262_144, everyMs: 0 } })
    const answer = await one.send(request(one, raw))
    let size = 0
    for await (const chunk of answer.body!) size += (chunk as Uint8Array).byteLength
    expect(size).toBe(40 * 262_144)
  })

  it('breaks off where it grows beyond the limit, or beyond the caller’s time', async ({ expect }) => {
    const one = await executeStack({ connector: { responseLimitBytes: 1_000 } })
    await one.answers({ status: 200, chunks: { count: 11, bytes: 100, everyMs: 1 } })
    await expect((await one.send(request(one, raw))).arrayBuffer()).rejects.toThrow('longer than 1000 bytes')
    await one.answers({ status: 200, chunks: { count: 10, bytes: 100, everyMs: 60 } })
    const late = await one.send(request(one, raw, { ...one.call, timeoutMs: 200 }))
    await expect(late.arrayBuffer()).rejects.toThrow('the deadline passed')
  })

  it('is kept under a key where it is short; of a longer one the next caller hears that it was', async ({ expect }) => {
    const one = await executeStack({ connector: { responseLimitBytes: 5_000_000 } })
    const headers = { 'content-type': 'application/pdf' }
    await one.answers(
      { status: 200, headers, base64: 'JVBERv8=' },
      { status: 200, chunks: { count: 9, bytes: 131_072, everyMs: 0 } },
    )
    const bytes = async (key: string) => {
      const answer = await one.send(request(one, { ...raw, 'idempotency-key': key }))
      return { answer, body: new Uint8Array(await answer.arrayBuffer()) }
    }
    const short = [await bytes('short'), await bytes('short')]
    expect(short[1]?.body).toEqual(short[0]?.body)
    expect(short.map(({ answer }) => answer.headers.get('content-type'))).toEqual(Array(2).fill('application/pdf'))
    expect(short.map(({ answer }) => answer.headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    expect((await bytes('long')).body.byteLength).toBe(9 * 131_072)
    const again = await one.ask(one.call, { ...raw, 'idempotency-key': 'long' })
    expect(again.json).toMatchObject({ status: 409, code: 'answer_not_kept', outcome: 'done', upstreamStatus: 200 })
    expect(await one.calls()).toHaveLength(2)
  })
})

describe('a caller that goes away', () => {
  it('ends the call, which is kept as unknown under its key and in the log', async ({ expect }) => {
    const one = await executeStack({ policy: once })
    await one.answers({ status: 200, mode: 'hang' })
    const caller = new AbortController()
    const asking = worker.fetch(new Request('https://execution.example/execute', request(one, { 'idempotency-key': 'k' })), {
      signal: caller.signal,
    })
    await until(one.calls, (calls) => calls.length > 0)
    const leftAt = Date.now()
    caller.abort()
    await expect(asking).rejects.toThrow()
    const { attempt } = only(await until(one.log, (rows) => rows.length > 0))
    expect(Date.now() - leftAt).toBeLessThan(2_000)
    expect(attempt).toMatchObject({
      outcome: 'unknown',
      failure: 'aborted',
      error: expect.stringContaining('the caller went away'),
    })
    const again = await one.ask(one.call, { 'idempotency-key': 'k' })
    expect([again.status, again.json.outcome, again.headers.get('idempotent-replayed')]).toEqual([504, 'unknown', 'true'])
    expect(await one.calls()).toHaveLength(1)
  })

  it('before the retry keeps it from being made', async ({ expect }) => {
    const one = await executeStack({ policy: { retry: { ...QUICK_RETRY, listMs: [60_000], maxMs: 60_000 } } })
    await one.answers({ status: 500 })
    const caller = new AbortController()
    setTimeout(() => caller.abort(), 300)
    const answer = await one.ask({ ...one.call, timeoutMs: 120_000 }, {}, { signal: caller.signal })
    expect(answer.json).toMatchObject({ status: 502, attempts: 1, detail: expect.stringContaining('the caller went away') })
  })
})

describe('the log', () => {
  it('has each attempt as a row that names request and client, and no secret', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({ status: 500, body: 'you sent billing_development_only' }, { status: 200, body: '"done"' })
    const { requestId } = (await one.ask({ ...one.call, input: { card: '4242' } })).json
    const rows = await one.log()
    expect(rows.map(({ kind, jobId, failed }) => [kind, jobId, failed])).toEqual([
      ['attempt', null, 1],
      ['attempt', null, null],
    ])
    const facts = { requestId, client: one.client.id, generation: 1, operation: 'echo', method: 'POST' }
    expect(rows.map(({ attempt }) => attempt)).toMatchObject([
      { ...facts, attempt: 1, outcome: 'failure', status: 500, responseExcerpt: 'you sent [redacted]' },
      { ...facts, attempt: 2, outcome: 'success', status: 200 },
    ])
    const traces = (await one.calls()).map(({ headers }) => headers['traceparent'])
    expect(rows.map(({ trace }) => trace)).toEqual(traces)
    expect(JSON.stringify(rows)).not.toMatch(/billing_development_only|4242/)
  })

  it('has no row of a request that called nothing', async ({ expect }) => {
    const one = await executeStack({ config: (name) => ({ pauses: [{ kind: 'connector', id: name }] }) })
    await one.ask()
    const two = await executeStack({ connector: { auth: { kind: 'bearer', secret: 'nothing' } } })
    await two.ask()
    expect([await one.log(), await two.log()]).toEqual([[], []])
  })
})
