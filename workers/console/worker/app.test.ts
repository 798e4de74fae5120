import { createExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { beforeEach, describe, it } from 'vitest'
import consoleWorker from './index.ts'
import { forwardToControl } from './proxy.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { PASSED, REFUSED } from './testing/operations.ts'

interface Received {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

const control = (env as unknown as { CONTROL: Fetcher }).CONTROL
const worker = (exports as unknown as { default: Fetcher }).default
const HOST = 'https://console.example.com'

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return worker.fetch(`${HOST}${path}`, init)
}

/** What control received since the last call; tells it what to do from now on. */
async function told(mode?: string): Promise<Received[]> {
  const response = await control.fetch(`https://told.test/${mode === undefined ? '' : `?mode=${mode}`}`)
  return response.json()
}

beforeEach(async () => {
  await told('ok')
})

describe('the proxy to control', () => {
  it.for(PASSED)('passes %s %s on, with its query', async ([method, path], { expect }) => {
    const response = await ask(`/api/v1${path}`, { method, ...(method === 'GET' ? {} : { body: '{"reason":"x"}' }) })
    expect(response.status).toBe(200)
    const [request] = await told()
    expect(request).toMatchObject({ method, url: `https://control.internal/v1${path}` })
    expect(request?.body).toBe(method === 'GET' ? '' : '{"reason":"x"}')
  })

  it.for(REFUSED)('answers 404 to %s %s without asking control', async ([method, path], { expect }) => {
    const response = await ask(path, { method })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'not_found' })
    expect(await told()).toEqual([])
  })

  it('passes on the headers that control needs, and drops the rest', async ({ expect }) => {
    await ask('/api/v1/me', {
      headers: {
        accept: 'application/json',
        authorization: 'Bearer stolen',
        'cf-access-jwt-assertion': 'token-of-the-header',
        'cf-connecting-ip': '203.0.113.7',
        'cf-ray': '8f1c0d2e3b4a5968-FRA',
        'idempotency-key': 'click-1',
        'if-match': '"v1"',
        'sec-fetch-mode': 'cors',
        'sec-fetch-site': 'same-origin',
        cookie: 'CF_Authorization=token-of-the-cookie; other=1',
        origin: HOST,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        'user-agent': 'somebody',
        'x-forwarded-for': '198.51.100.1',
      },
    })
    const [request] = await told()
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'cf-access-jwt-assertion': 'token-of-the-header',
      'cf-connecting-ip': '203.0.113.7',
      'cf-ray': '8f1c0d2e3b4a5968-FRA',
      'idempotency-key': 'click-1',
      'if-match': '"v1"',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
      origin: HOST,
    })
    expect(request?.headers['traceparent']).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/)
    for (const dropped of ['authorization', 'cookie', 'user-agent', 'x-forwarded-for']) {
      expect(request?.headers).not.toHaveProperty(dropped)
    }
  })

  it('turns the cookie of Access into the header where there is none', async ({ expect }) => {
    await ask('/api/v1/me', { headers: { cookie: 'a=b; CF_Authorization=aaa.bbb=.ccc; c=d' } })
    expect((await told())[0]?.headers).toMatchObject({ 'cf-access-jwt-assertion': 'aaa.bbb=.ccc' })
  })

  it('sends no token when there is none, and none of a cookie that only ends in the name', async ({ expect }) => {
    await ask('/api/v1/me', { headers: { cookie: 'not_CF_Authorization=x; CF_Authorization=' } })
    expect((await told())[0]?.headers).not.toHaveProperty('cf-access-jwt-assertion')
  })

  it('passes on status, body and request id of a refusal, and no other headers of control', async ({ expect }) => {
    await told('refuse')
    const refusal = await ask('/api/v1/audit')
    expect(refusal.status).toBe(403)
    expect(refusal.headers.get('x-request-id')).toBe('req_of_control')
    expect(await refusal.json()).toEqual({ code: 'forbidden' })
    await told('ok')
    const success = await ask('/api/v1/me')
    expect(success.headers.get('set-cookie')).toBeNull()
    expect(success.headers.get('x-internal')).toBeNull()
    expect(success.headers.get('cache-control')).toBe('no-store')
  })

  it.for(['throw', 'html'])('answers 502 when control is down (%s)', async (mode, { expect }) => {
    await told(mode)
    const response = await ask('/api/v1/me')
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ code: 'upstream_unavailable', requestId: response.headers.get('x-request-id') })
  })

  it('gives up on control that does not answer, with 504', async ({ expect }) => {
    await told('hang')
    const deps = {
      fetchControl: (url: string, init: RequestInit) => control.fetch(url, init),
      timeoutMs: 50,
      maxRequestBytes: 100,
    }
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await expect(forwardToControl(new Request(`${HOST}/api/v1/me`), '/v1/me', trace, deps)).rejects.toMatchObject({
      code: 'deadline_exceeded',
    })
  })

  it('passes on an export of the audit log, however long it takes once it has begun', async ({ expect }) => {
    await told('export')
    const deps = {
      fetchControl: (url: string, init: RequestInit) => control.fetch(url, init),
      timeoutMs: 150,
      maxRequestBytes: 100,
    }
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const answer = await forwardToControl(new Request(`${HOST}/api/v1/audit/export`), '/v1/audit/export', trace, deps)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/jsonl')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"')
    expect(await answer.text()).toBe('{"line":1}\n{"line":2}\n')
  })

  it('refuses a body over 2 MiB with 413, and control never sees it', async ({ expect }) => {
    const replay = (bytes: number) => ask('/api/v1/dead-letters/a.1/replay', { method: 'POST', body: 'x'.repeat(bytes) })
    const response = await replay(2 * 1024 * 1024 + 1)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'body_too_large' })
    expect(await told()).toEqual([])
    expect((await replay(2 * 1024 * 1024)).status).toBe(200)
  })
})

describe('the static files', () => {
  it('serves the page for every path of the web app, never cached', async ({ expect }) => {
    for (const path of ['/', '/jobs/job_1', '/dead-letters?status=open']) {
      const response = await ask(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toMatch(/^text\/html/)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await response.text()).toContain('<title>Orchestrator</title>')
    }
  })

  it('serves hashed files as immutable, others for an hour', async ({ expect }) => {
    const style = await ask('/assets/index-0123abcd.css')
    expect(style.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(style.headers.get('content-type')).toMatch(/^text\/css/)
    expect((await ask('/favicon.svg')).headers.get('cache-control')).toBe('public, max-age=3600')
  })

  it('answers 404 to a hashed file of another release, not the page', async ({ expect }) => {
    const response = await ask('/assets/index-ffffffff.js')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not_found' })
  })

  it('answers 405 to anything but reading', async ({ expect }) => {
    expect((await ask('/jobs', { method: 'POST', body: 'x' })).status).toBe(405)
  })
})

describe('health', () => {
  it('is alive without asking anybody', async ({ expect }) => {
    const response = await ask('/livez')
    expect(await response.json()).toMatchObject({ status: 'ok', worker: 'console' })
    expect(await told()).toEqual([])
  })

  it('is ready with control, and degraded but serving without', async ({ expect }) => {
    const ready = await ask('/readyz')
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      dependencies: [{ name: 'assets' }, { name: 'control', status: 'up' }],
    })
    await told('throw')
    const degraded = await ask('/readyz')
    expect(degraded.status).toBe(200)
    expect(await degraded.json()).toMatchObject({
      status: 'degraded',
      dependencies: [
        { name: 'assets', status: 'up', required: true },
        { name: 'control', status: 'down', required: false },
      ],
    })
  })
})

describe('security headers', () => {
  it.for(['/', '/assets/index-0123abcd.css', '/assets/gone.js', '/api/v1/me', '/api/v1/nothing', '/livez', '/readyz'])(
    'stand on %s',
    async (path, { expect }) => {
      const { headers } = await ask(path)
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers.get(name)).toBe(value)
    },
  )

  it('allow scripts and styles of our own files only, and no framing', async ({ expect }) => {
    const policy = (await ask('/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toContain('*')
  })
})

describe('a Worker that is not configured', () => {
  it('says which binding is missing, under the same headers', async ({ expect }) => {
    const bindings = { ...env, CONTROL: undefined, ENVIRONMENT: 'somewhere' }
    const request = new Request(`${HOST}/`) as Parameters<typeof consoleWorker.fetch>[0]
    const response = await consoleWorker.fetch(request, bindings, createExecutionContext())
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code: 'bad_environment', detail: 'Missing or wrong: ENVIRONMENT, CONTROL.' })
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })
})
