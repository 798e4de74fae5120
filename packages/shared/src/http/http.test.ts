import { describe, it } from 'vitest'
import * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { type BaseEnv, createApp } from './app.ts'
import { readBody } from './body.ts'
import { createEnvParser } from './env.ts'
import { parseRequest } from './issues.ts'
import { readJson } from './read-json.ts'

const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext
const env: BaseEnv = { ENVIRONMENT: 'production' }

function app() {
  const hono = createApp<BaseEnv>({ worker: 'control' })
  hono.get('/fails', () => {
    throw new Error('password=hunter2')
  })
  hono.get('/busy', () => {
    throw new AppError('unavailable', 'Try later.', { retryAfterSeconds: 7 })
  })
  hono.post('/parse', async (c) => c.json(parseRequest(z.object({ name: z.string() }), await readJson(c.req.raw))))
  return hono
}

const json = { method: 'POST', headers: { 'content-type': 'application/json' } }

const request = async (path: string, init?: RequestInit) => {
  const response = await app().fetch(new Request(`https://x.example${path}`, init), env, context)
  return { response, body: (await response.json()) as Record<string, unknown> }
}

describe('the app of every Worker', () => {
  it('answers RFC 9457 problems with the request’s id', async ({ expect }) => {
    const { response, body } = await request('/nowhere')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({
      status: 404,
      code: 'not_found',
      instance: '/nowhere',
      requestId: response.headers.get('x-request-id'),
    })
    expect(body.requestId).toMatch(/^req_/)
  })

  it('never tells what broke inside', async ({ expect }) => {
    const { response, body } = await request('/fails')
    expect(response.status).toBe(500)
    expect(body.code).toBe('internal_error')
    expect(JSON.stringify(body)).not.toContain('hunter2')
  })

  it('says when to come back', async ({ expect }) => {
    const { response } = await request('/busy')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7'])
  })

  it('names the fields of a request that are wrong', async ({ expect }) => {
    const wrong = await request('/parse', { ...json, body: '{"name":1}' })
    expect([wrong.response.status, wrong.body.issues]).toEqual([
      400,
      [{ path: 'name', message: expect.stringContaining('string') }],
    ])
    expect((await request('/parse', { ...json, body: '{}' })).body.issues).toEqual([{ path: 'name', message: 'is missing' }])
    const broken = await request('/parse', { ...json, body: '{' })
    expect([broken.response.status, broken.body.detail]).toEqual([400, 'The body is not valid JSON.'])
    const good = await request('/parse', { ...json, body: '{"name":"a"}' })
    expect(good.response.status).toBe(200)
  })
})

describe('the environment', () => {
  const parse = createEnvParser(
    z.object({ ENVIRONMENT: z.enum(['development', 'production']), KEY: z.string(), URL: z.string() }),
  )

  it('names each variable that is missing or wrong', ({ expect }) => {
    expect(() => parse({ ENVIRONMENT: 'prod', URL: 'x' })).toThrow('Missing or wrong: ENVIRONMENT, KEY.')
  })

  it('refuses development values and the development issuer in production', ({ expect }) => {
    const values = { KEY: 'secrets_key_development_only', URL: 'http://access.localhost:8787' }
    expect(() => parse({ ENVIRONMENT: 'production', ...values })).toThrow('Development values in production: KEY, URL.')
    expect(parse({ ENVIRONMENT: 'development', ...values }).KEY).toBe(values.KEY)
  })
})

describe('reading a body', () => {
  const stream = (chunks: number, read: { count: number }) =>
    new ReadableStream({
      pull(controller) {
        read.count++
        if (read.count > chunks) controller.close()
        else controller.enqueue(new Uint8Array(10).fill(read.count))
      },
    })
  const post = (body: BodyInit, headers: Record<string, string> = {}) =>
    new Request('https://x.example', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

  it('gives the exact bytes', async ({ expect }) => {
    expect(await readBody(post(stream(3, { count: 0 })), 30)).toEqual(
      Uint8Array.from({ length: 30 }, (_, i) => Math.floor(i / 10) + 1),
    )
    expect(await readBody(new Request('https://x.example', { method: 'POST' }), 30)).toEqual(new Uint8Array(0))
  })

  it('stops when the limit is passed', async ({ expect }) => {
    const read = { count: 0 }
    expect(await readBody(post(stream(1_000, read)), 30)).toBe('too_large')
    expect(read.count).toBeLessThan(10)
  })

  it('does not begin when the declared length is over the limit', async ({ expect }) => {
    const read = { count: 0 }
    expect(await readBody(post(stream(1_000, read), { 'content-length': '31' }), 30)).toBe('too_large')
    expect(read.count).toBeLessThan(3)
  })
})
