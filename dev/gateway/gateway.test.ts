import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { z } from 'zod'
import { startStubStack, type StubStack } from '../test/stub-stack.ts'

const told = z.object({
  host: z.string(),
  pathname: z.string(),
  method: z.string(),
  bytes: z.number(),
  headers: z.record(z.string(), z.string()),
})

let stack: StubStack
beforeAll(async () => {
  stack = await startStubStack()
})
afterAll(() => stack.stop())

const html = { accept: 'text/html,application/xhtml+xml' }
const tokenOf = async (app = 'console', ttl = ''): Promise<string> =>
  (await stack.ask('access', `/token?email=operator@example.com&app=${app}${ttl}`)).text()

describe('dispatch by Host', () => {
  for (const part of ['ingress', 'execution', 'control', 'console', 'breakglass', 'emergency']) {
    it(`passes a request to ${part}. on with its host, method, headers and body`, async ({ expect }) => {
      const init = { method: 'POST', body: 'abc', headers: { 'cf-access-jwt-assertion': 'a.b.c', 'x-own': '1' } }
      const answer = told.parse(await (await stack.ask(part, '/some/path?q=1', init)).json())
      expect(answer).toMatchObject({
        host: `${part}.localhost:${stack.runtime.port}`,
        pathname: '/some/path',
        method: 'POST',
        bytes: 3,
      })
      expect(answer.headers).toMatchObject({ 'cf-access-jwt-assertion': 'a.b.c', 'x-own': '1', 'cf-connecting-ip': '127.0.0.1' })
    })
  }

  it('keeps a client address that the request brings', async ({ expect }) => {
    const answer = await stack.ask('ingress', '/', { headers: { 'cf-connecting-ip': '203.0.113.9' } })
    expect(told.parse(await answer.json()).headers['cf-connecting-ip']).toBe('203.0.113.9')
  })

  it('answers an unknown host with 404 and the names there are', async ({ expect }) => {
    const answer = await stack.ask('billling', '/')
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain(`http://billing.localhost:${stack.runtime.port}`)
  })

  it('passes 26 MiB through', async ({ expect }) => {
    const body = new Uint8Array(26 * 1_024 * 1_024)
    const answer = await stack.ask('ingress', '/', { method: 'POST', body, timeoutMs: 25_000 })
    expect(told.parse(await answer.json()).bytes).toBe(body.byteLength)
  })

  it('does not wait for the end of a body before the Worker sees its beginning', async ({ expect }) => {
    let sent = 0
    async function* slowly(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 200; i++) {
        sent++
        yield new Uint8Array(1_024)
        await sleep(20)
      }
    }
    const answer = await stack.ask('ingress', '/refuse', { method: 'POST', body: slowly() })
    expect(answer.status).toBe(413)
    expect(sent).toBeLessThan(200)
  })
})

describe('plain localhost', () => {
  it('is ready when every Worker is, and names each', async ({ expect }) => {
    const answer = await stack.ask('', '/readyz')
    expect(answer.status).toBe(200)
    const { status, workers } = await answer.json<{ status: string; workers: { name: string; ready: boolean }[] }>()
    expect(status).toBe('ready')
    expect(workers.map(({ name }) => name)).toEqual(['ingress', 'execution', 'control', 'console', 'access', 'billing'])
    expect(workers.every(({ ready }) => ready)).toBe(true)
  })

  it('lists the addresses', async ({ expect }) => {
    const page = await (await stack.ask('', '/')).text()
    for (const part of ['console', 'control', 'billing']) expect(page).toContain(`http://${part}.localhost:${stack.runtime.port}`)
  })
})

describe('calls from inside the stack', () => {
  const fromInside = (url: string) => stack.ask('ingress', `/outbound?url=${encodeURIComponent(url)}`)
  let server: Server
  let elsewhere = ''
  beforeAll(async () => {
    server = createServer((_request, response) => response.end('the network'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    elsewhere = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
  })
  afterAll(() => server.close())

  it('reach the other parts by name, whatever the port', async ({ expect }) => {
    const calls = await fromInside(`http://billing.localhost:${stack.runtime.port}/calls`)
    expect(await calls.json()).toEqual({ calls: [] })
    const certs = await fromInside('http://access.localhost:1/cdn-cgi/access/certs')
    expect(await certs.json()).toHaveProperty('keys')
  })

  it('reach the network for every other host', async ({ expect }) => {
    expect(await (await fromInside(elsewhere)).text()).toBe('the network')
  })
})

describe('the Access edge of the console', () => {
  it('sends a browser without a session to the sign-in page, and remembers where it wanted to go', async ({ expect }) => {
    const answer = await stack.ask('console', '/jobs?status=dead', { headers: html })
    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toBe(
      `http://access.localhost:${stack.runtime.port}/sign-in?app=console&to=%2Fjobs%3Fstatus%3Ddead`,
    )
  })

  it('signs in: page, choice, cookie, and back to the path', async ({ expect }) => {
    const page = await (await stack.ask('access', '/sign-in?app=console&to=%2Fjobs')).text()
    expect(page).toContain('operator@example.com')
    const chosen = await stack.ask('access', '/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'app=console&to=%2Fjobs&email=operator%40example.com',
    })
    expect(chosen.status).toBe(303)
    const back = new URL(chosen.headers.get('location') ?? '')
    expect(back.origin + back.pathname).toBe(`http://console.localhost:${stack.runtime.port}/cdn-cgi/access/authorized`)
    const authorized = await stack.ask('console', back.pathname + back.search)
    expect(authorized.headers.get('location')).toBe('/jobs')
    const cookie = authorized.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^CF_Authorization=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/)
    const entered = await stack.ask('console', '/jobs', { headers: { ...html, cookie: cookie.split(';')[0] ?? '' } })
    expect(told.parse(await entered.json()).pathname).toBe('/jobs')
  })

  for (const to of ['//evil.example/', '/\\evil.example/', 'https://evil.example/', 'javascript:alert(1)', '']) {
    it(`does not send anybody to “${to}” after signing in`, async ({ expect }) => {
      const path = `/cdn-cgi/access/authorized?token=${await tokenOf()}&to=${encodeURIComponent(to)}`
      const answer = await stack.ask('console', path)
      expect(answer.status).toBe(400)
      expect(answer.headers.get('set-cookie')).toBeNull()
    })
  }

  it('begins no session with a token that is forged, expired, or of another application', async ({ expect }) => {
    const forged = `${(await tokenOf()).slice(0, -8)}AAAAAAAA`
    for (const token of [forged, await tokenOf('console', '&ttlSeconds=-60'), await tokenOf('breakglass'), 'x; Path=/evil']) {
      const answer = await stack.ask('console', `/cdn-cgi/access/authorized?to=/&token=${encodeURIComponent(token)}`)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
  })

  it('sends a browser with an expired session to sign in again', async ({ expect }) => {
    const cookie = `CF_Authorization=${await tokenOf('console', '&ttlSeconds=-60')}`
    expect((await stack.ask('console', '/', { headers: { ...html, cookie } })).status).toBe(302)
  })

  it('passes the calls of the web app and of scripts on, session or not', async ({ expect }) => {
    const answer = await stack.ask('console', '/api/v1/jobs', { headers: { accept: 'application/json' } })
    expect(told.parse(await answer.json()).pathname).toBe('/api/v1/jobs')
  })

  it('ends a session', async ({ expect }) => {
    const answer = await stack.ask('console', '/cdn-cgi/access/logout')
    expect(answer.status).toBe(302)
    expect(answer.headers.get('set-cookie')).toContain('CF_Authorization=; ')
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0')
  })
})
