import { describe, it } from 'vitest'
import { type BenchCall, httpBench, redirect } from '../testing/http-bench.ts'

const HERE = 'https://billing.example.com'
const follows = (redirects: number, allowedHosts: string[] = []) => ({ egress: { redirects, allowedHosts } })
const bearer = { auth: { kind: 'bearer' as const, secret: 'key' } }
const options = { secrets: { key: ['s3cret-value'] } }

/** Answers with these redirects one after another, then with a success. */
function bench(...hops: [status: number, location: string][]) {
  return httpBench((_request, count) => {
    const hop = hops[count - 1]
    return hop ? redirect(...hop) : Response.json({ done: true })
  }, options)
}

describe('a redirect', () => {
  it('is not followed where the connector does not say so', async ({ expect }) => {
    const { call, sent } = bench([302, '/next'])
    expect((await call()).end).toEqual({ kind: 'answered', status: 302, headers: {}, success: null })
    expect(sent).toHaveLength(1)
  })

  it('is followed as often as the connector says, and no further', async ({ expect }) => {
    const thrice = () => bench([307, '/a'], [308, 'b'], [307, `${HERE}/c?x=1#part`])
    const followed = thrice()
    expect(await followed.call({ connector: follows(3) })).toMatchObject({ end: { status: 200 }, body: { done: true } })
    expect(followed.sent.map(({ url }) => url)).toEqual([
      `${HERE}/api/subscriptions/sub%2F1`,
      `${HERE}/a`,
      `${HERE}/b`,
      `${HERE}/c?x=1`,
    ])
    const stopped = thrice()
    const refused = 'more than 2 redirects, which is all that the connector follows'
    expect((await stopped.call({ connector: follows(2) })).end).toMatchObject({ status: 307, success: false, refused })
    expect(stopped.sent).toHaveLength(3)
  })

  it('whose own body broke does not hide what came after it', async ({ expect }) => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('broken')) })
    const { call } = httpBench((_request, count) =>
      count === 1 ? new Response(broken, { status: 307, headers: { location: '/next' } }) : Response.json({ done: true }),
    )
    expect(await call({ connector: follows(1) })).toMatchObject({ end: { status: 200 }, body: { done: true } })
  })

  const methods: [status: number, method: 'POST' | 'PUT' | 'DELETE', next: string][] = [
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ]
  for (const [status, method, next] of methods) {
    it(`${status} of ${method} goes on as ${next}`, async ({ expect }) => {
      const { call, sent } = bench([status, '/next'])
      await call({ connector: follows(1), operation: { method } })
      expect(sent[1]).toMatchObject({ method: next, body: next === 'GET' ? null : '{"id":"sub/1","status":"active"}' })
      expect(sent[1]?.headers.has('content-type')).toBe(next !== 'GET')
      expect(sent[1]?.headers.get('idempotency-key')).toBe('job_1')
    })
  }

  it('keeps the credentials on the same origin, and loses all that is not for anybody on another, for good', async ({
    expect,
  }) => {
    const { call, sent } = bench([307, '/a'], [307, 'https://files.example.net/b'], [307, `${HERE}/c`])
    const connector = { ...bearer, ...follows(3, ['files.example.net']) }
    const input = { ok: true as const, value: { id: 1, headers: { 'x-shop': '7' } } }
    expect((await call({ connector, input, operation: { forwardHeaders: ['x-shop'] } })).end).toMatchObject({ status: 200 })
    const shown = sent.map(({ headers }) => [headers.get('authorization'), headers.get('x-team'), headers.get('x-shop')])
    expect(shown).toEqual([
      ['Bearer s3cret-value', 'growth', '7'],
      ['Bearer s3cret-value', 'growth', '7'],
      [null, null, null],
      [null, null, null],
    ])
    expect(sent[3]?.headers.get('traceparent')).toContain('0af7651916cd43dd8448eb211c80319c')
  })

  it('to another port is another origin', async ({ expect }) => {
    const { call, sent } = bench([307, 'https://billing.example.com:8443/a'])
    await call({ connector: { ...bearer, ...follows(1) } })
    expect(sent[1]?.headers.has('authorization')).toBe(false)
  })

  it('is signed anew for its address', async ({ expect }) => {
    const auth = {
      kind: 'hmac' as const,
      secret: 'key',
      algorithm: 'sha256' as const,
      encoding: 'hex' as const,
      header: 'x-signature',
      prefix: '',
      content: '{method} {path}',
      timestampHeader: null,
    }
    const { call, sent } = bench([303, '/a'], [307, 'https://files.example.net/b'])
    await call({ connector: { auth, ...follows(2, ['*.example.net']) } })
    const [first, second, third] = sent.map(({ headers }) => headers.get('x-signature'))
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(second).toMatch(/^[0-9a-f]{64}$/)
    expect(second).not.toBe(first)
    expect(third).toBeNull()
  })

  const refusals: [location: string, reason: string, changes?: BenchCall['connector']][] = [
    ['http://billing.example.com/x', 'does not begin with https://'],
    ['https://10.0.0.1/', 'leads into a private network'],
    ['https://169.254.169.254/latest/meta-data/', 'leads into a private network'],
    ['https://2130706433/', 'leads into a private network'],
    ['https://[::ffff:127.0.0.1]/', 'leads into a private network'],
    ['//localhost/', 'leads into a private network'],
    ['https://control.orchestrator.example/', 'one of our own'],
    ['https://user:pass@billing.example.com/', 'has credentials in it'],
    ['https:\\\\billing.example.com\\', 'is not written plainly'],
    ['https://134744072/', 'is not written plainly', follows(5, ['8.8.8.8'])],
    ['https://[bad', 'leads to no address'],
    ['javascript:alert(1)', 'does not begin with https://'],
    ['https://files.example.net/', 'files.example.net, which is not among the hosts'],
    ['https://example.net/', 'example.net, which is not among the hosts', follows(5, ['*.example.net'])],
  ]
  for (const [location, reason, changes = {}] of refusals) {
    it(`to ${location} is refused, and nothing goes there`, async ({ expect }) => {
      const { call, sent } = bench([302, location])
      const { end } = await call({
        connector: { ...follows(5), ...changes },
        operation: { success: { statuses: ['302'], when: null } },
      })
      expect(end).toMatchObject({ kind: 'answered', status: 302, success: false, refused: expect.stringContaining(reason) })
      expect(sent).toHaveLength(1)
    })
  }

  it('without a location is an answer like any other, and so is one that the operation takes for its success', async ({
    expect,
  }) => {
    const { call } = httpBench(() => new Response(null, { status: 304 }))
    expect((await call({ connector: follows(2) })).end).toMatchObject({ status: 304, success: null })
    const seeOther = bench([303, '/done'])
    const taken = await seeOther.call({ operation: { success: { statuses: ['2xx', '303'], when: null } } })
    expect(taken.end).toMatchObject({ status: 303, success: true })
  })

  it('goes on to http in development only where it began there', async ({ expect }) => {
    const local = { baseUrl: 'http://billing.localhost', ...follows(1, ['other.localhost']) }
    const open = httpBench((_, count) => (count === 1 ? redirect(307, 'http://other.localhost/x') : new Response('y')), {
      deps: { environment: 'development' },
    })
    expect((await open.call({ connector: local })).end).toMatchObject({ status: 200 })
    const down = httpBench(() => redirect(307, 'http://billing.localhost/x'), { deps: { environment: 'development' } })
    const end = (await down.call({ connector: { ...local, baseUrl: 'https://billing.localhost' } })).end
    expect(end).toMatchObject({ refused: 'the redirect leads from https to http' })
  })
})
