import { describe, it } from 'vitest'
import { checkAllowedHost, isAllowedHost } from './allowed-hosts.ts'
import { checkAddress } from './check-address.ts'

type Records = Partial<Record<'A' | 'AAAA', object>>

/** A resolver that answers so, and what it was asked. */
function resolver(records: Records, status = 200) {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    const type = new URL(url).searchParams.get('type') as 'A' | 'AAAA'
    return Response.json(records[type] ?? { Status: 0 }, { status })
  }
  return { fetch, asked }
}

const rules = { environment: 'production' as const, ownHosts: ['orchestrator.example'], allowedHosts: [] }
const answer = (type: number, ...data: string[]) => ({ Answer: data.map((one) => ({ name: 'x', type, TTL: 60, data: one })) })

describe('the address of a connector', () => {
  it('is resolved over HTTPS, both kinds, and passes when all of it is public', async ({ expect }) => {
    const { fetch, asked } = resolver({ A: answer(1, '93.184.216.34'), AAAA: answer(28, '2606:2800:220:1::1') })
    expect(await checkAddress('https://api.example.com/v1', { ...rules, fetch })).toEqual({ ok: true, warnings: [] })
    expect(asked).toEqual([
      'https://cloudflare-dns.com/dns-query?name=api.example.com&type=A',
      'https://cloudflare-dns.com/dns-query?name=api.example.com&type=AAAA',
    ])
  })

  const inside: [string, Records][] = [
    ['127.0.0.1', { A: answer(1, '127.0.0.1') }],
    ['10.1.2.3', { A: answer(1, '93.184.216.34', '10.1.2.3') }],
    ['169.254.169.254', { A: answer(1, '169.254.169.254') }],
    ['100.64.1.1', { A: answer(1, '100.64.1.1') }],
    ['::1', { AAAA: answer(28, '::1') }],
    ['fd00:ec2::254', { A: answer(1, '93.184.216.34'), AAAA: answer(28, 'FD00:EC2::254') }],
    ['::ffff:10.0.0.1', { AAAA: answer(28, '::ffff:10.0.0.1') }],
    ['64:ff9b::a00:1', { AAAA: answer(28, '64:ff9b::a00:1') }],
    ['nonsense', { A: answer(1, 'nonsense') }],
  ]
  for (const [address, records] of inside) {
    it(`is refused when its name resolves to ${address}`, async ({ expect }) => {
      const checked = await checkAddress('https://evil.example.com', { ...rules, fetch: resolver(records).fetch })
      expect(checked).toEqual({
        ok: false,
        error: `evil.example.com resolves to ${address}, which is not on the public internet`,
      })
    })
  }

  it('is refused when its name stands for one of ours', async ({ expect }) => {
    const { fetch } = resolver({
      A: { Answer: [...answer(5, 'Control.Orchestrator.example.').Answer, ...answer(1, '1.1.1.1').Answer] },
    })
    expect(await checkAddress('https://alias.example.com', { ...rules, fetch })).toEqual({
      ok: false,
      error: 'alias.example.com stands for control.orchestrator.example, which is one of our own',
    })
  })

  it('passes with a warning when it cannot be resolved now', async ({ expect }) => {
    const failures = [
      () => Promise.reject(new Error('no route')),
      resolver({}, 503).fetch,
      async () => new Response('<html>'),
      async () => new Response('x'.repeat(70_000)),
      async () => Response.json({ Answer: 'x' }),
    ]
    for (const fetch of failures) {
      const checked = await checkAddress('https://api.example.com', { ...rules, fetch })
      expect(checked).toEqual({ ok: true, warnings: [expect.stringContaining('could not be checked what api.example.com')] })
    }
    expect(await checkAddress('https://api.example.com', { ...rules, fetch: resolver({}).fetch })).toEqual({
      ok: true,
      warnings: ['api.example.com has no address at this moment'],
    })
  })

  it('is not resolved where there is no name, or it is loopback in development', async ({ expect }) => {
    const { fetch, asked } = resolver({})
    const check = (address: string, environment: 'development' | 'production') =>
      checkAddress(address, { ...rules, environment, fetch })
    expect(await check('https://8.8.8.8', 'production')).toEqual({ ok: true, warnings: [] })
    expect(await check('https://[2606:4700::1111]', 'production')).toEqual({ ok: true, warnings: [] })
    expect(await check('http://billing.localhost:8787', 'development')).toEqual({ ok: true, warnings: [] })
    expect(await check('http://billing.localhost:8787', 'production')).toMatchObject({ ok: false })
    expect(asked).toEqual([])
  })
})

describe('the list of hosts', () => {
  it('lets the base URL’s own host, exact names, and names under a wildcard through', ({ expect }) => {
    const allowed = (host: string) => isAllowedHost(host, 'https://api.example.com/v1', ['files.example.net', '*.Example.org'])
    for (const host of ['api.example.com', 'files.example.net', 'a.example.org', 'a.b.EXAMPLE.org'])
      expect(allowed(host), host).toBe(true)
    for (const host of [
      'example.com',
      'b.example.com',
      'x.files.example.net',
      'example.org',
      'evilexample.org',
      'a.example.org.evil.example',
    ]) {
      expect(allowed(host), host).toBe(false)
    }
    expect(isAllowedHost('other.example.com', 'https://api.example.com', [])).toBe(false)
  })

  it('is checked when it is saved', async ({ expect }) => {
    const check = (entry: string) => checkAllowedHost(entry, 'production', ['orchestrator.example'])
    for (const entry of ['api.example.com', '*.example.com', '8.8.8.8', '[2606:4700::1111]'])
      expect(check(entry), entry).toBeUndefined()
    const wrong = [
      '*',
      '*.com',
      'https://a.example',
      'a.example:443',
      'a.example/x',
      'a*.example.com',
      '*.*.example.com',
      '10.0.0.1',
      'localhost',
    ]
    for (const entry of [...wrong, '*.orchestrator.example', 'bücher.example', 'a.example.', '', '2130706433']) {
      expect(check(entry), entry).toMatch(/^“/)
    }
    const rulesWith = { ...rules, allowedHosts: ['*.internal'], fetch: resolver({}).fetch }
    expect(await checkAddress('https://api.example.com', rulesWith)).toMatchObject({ ok: false })
  })
})
