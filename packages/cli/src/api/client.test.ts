import { afterEach, describe, it } from 'vitest'
import { type FakeControl, type Handler, problem, type Reply, startFakeControl } from '../testing/fake-control.ts'
import { runCli, type World } from '../testing/run-cli.ts'

let control: FakeControl | undefined
afterEach(async () => {
  await control?.stop()
  control = undefined
})

const GROUPS = { items: [], capped: false }
const PATH = 'GET /v1/dead-letters/groups'

/** `orc dlq groups` against a control that answers so. */
async function groups(answer: Handler | Reply, args: string[] = [], world: World = {}) {
  await control?.stop()
  control = await startFakeControl({ [PATH]: answer })
  const env = { ORC_URL: control.url, ...world.env }
  return { ...(await runCli(['dlq', 'groups', ...args], { ...world, env })), received: control.received }
}

/** Answers the first requests so, and the rest well. */
function first(...replies: Reply[]): Handler {
  return () => replies.shift() ?? { body: GROUPS }
}

describe('a safe request', () => {
  it('is made again after an answer that passes, and after a broken connection', async ({ expect }) => {
    const busy = problem(503, 'unavailable', 'Not now.')
    const { code, slept, received } = await groups(first(busy, problem(502, 'upstream_unavailable', 'x')))
    expect([code, received.length]).toEqual([0, 3])
    expect(slept).toEqual([225, 450])

    const broken = await groups((_request, response) => void response.destroy())
    expect(broken).toMatchObject({ code: 1, out: '', slept: [225, 450, 900] })
    expect(broken.err).toContain('no answer from control.localhost')
  })

  it('waits as long as it is asked to, but not for ever', async ({ expect }) => {
    const limited = { ...problem(429, 'rate_limited', 'Too many.'), headers: { 'retry-after': '7' } }
    expect((await groups(first(limited))).slept).toEqual([7_000])
    const later = { ...limited, headers: { 'retry-after': '3600' } }
    const { code, slept, err } = await groups(later)
    expect([code, slept]).toEqual([1, []])
    expect(err).toContain('Try again after 3600 s.')
  })

  it('is not made again when that cannot help', async ({ expect }) => {
    for (const status of [400, 401, 403, 404, 500]) {
      const { received } = await groups(problem(status, 'some_code', 'No.'))
      expect(received.length, String(status)).toBe(1)
    }
  })

  it('is given up when no answer comes in time', async ({ expect }) => {
    const { code, err, received } = await groups(() => undefined, ['--timeout', '0.05'])
    expect([code, received.length]).toEqual([1, 4])
    expect(err).toContain('(TIMEOUT)')
  })

  it('counts as failed when its answer breaks off', async ({ expect }) => {
    const { code, err } = await groups((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"items"')
      setImmediate(() => response.destroy())
    })
    expect(code).toBe(1)
    expect(err).toContain('no answer')
  })
})

describe('a write', () => {
  it('is made once, and what may have happened is said', async ({ expect }) => {
    control = await startFakeControl({ 'POST /v1/dead-letters/x.1/discard': (_request, response) => void response.destroy() })
    const args = ['dlq', 'discard', 'x.1', '--reason', 'gone', '--url', control.url]
    const { code, err } = await runCli(args)
    expect([code, control.received.length]).toEqual([1, 1])
    expect(err).toContain('It may have been done all the same')
  })
})

describe('an error', () => {
  it('tells the server’s words, each field, and what to do', async ({ expect }) => {
    const issues = [{ path: 'from', message: 'is not a time' }]
    const { code, out, err } = await groups(problem(400, 'validation_failed', 'See issues.', { issues }))
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      'orc: Title of validation_failed (400 validation_failed)\n  See issues.\n  from: is not a time\n  request req_1\n',
    )
  })

  it('is the server’s problem document with --json', async ({ expect }) => {
    const { code, out, err } = await groups(problem(403, 'forbidden', 'You are a viewer.'), ['--json'])
    expect([code, out]).toEqual([1, ''])
    expect(JSON.parse(err)).toMatchObject({ status: 403, code: 'forbidden', detail: 'You are a viewer.', requestId: 'req_1' })
  })

  it('of who is not known says how to be', async ({ expect }) => {
    const { err } = await groups(problem(401, 'unauthenticated', 'A token is missing.'))
    expect(err).toContain('→ On the local stack say who you are: --as admin@example.com')
    const redirect = await groups({ status: 302, headers: { location: 'https://team.cloudflareaccess.com/login' }, body: '' })
    expect(redirect.err).toContain('redirects to https://team.cloudflareaccess.com/login')
  })

  it('where nobody listens asks whether the stack is up', async ({ expect }) => {
    const { code, err, slept } = await runCli(['dlq', 'groups', '--url', 'http://control.localhost:1'])
    expect([code, slept]).toEqual([1, []])
    expect(err).toContain('is the stack up (npx -y pnpm@12 dev)')
  })

  it('of a port that does not speak TLS says so', async ({ expect }) => {
    control = await startFakeControl({})
    const { code, err } = await runCli(['dlq', 'groups', '--url', control.url.replace('http:', 'https:')])
    expect(code).toBe(1)
    expect(err).toContain('It does not speak TLS')
  })

  it('of another server is told apart', async ({ expect }) => {
    expect((await groups({ status: 404, body: '<html>' })).err).toContain("not in Orchestrator's words")
    expect((await groups({ body: '<html>' })).err).toContain('it is not JSON')
    const { code, err } = await groups({ body: { items: [{ count: 'many' }], capped: false } })
    expect(code).toBe(1)
    expect(err).toContain('does not understand the answer')
    expect(err).toContain('items.0.fingerprint: ')
  })

  it('cannot move the cursor of a terminal', async ({ expect }) => {
    const { err } = await groups(problem(400, 'validation_failed', '\u001B[2Jgone\u202E'))
    expect(err).toContain('\\u001b[2Jgone\\u202e')
  })
})

describe('who asks', () => {
  it('proves it by a token, for Cloudflare’s edge and for a control without one', async ({ expect }) => {
    const { received } = await groups({ body: GROUPS }, [], { env: { ORC_TOKEN: 'aaa.bbb.ccc\n' } })
    expect(received[0]?.headers).toMatchObject({ 'cf-access-token': 'aaa.bbb.ccc', 'cf-access-jwt-assertion': 'aaa.bbb.ccc' })
    const option = await groups({ body: GROUPS }, ['--token', 'ddd'], { env: { ORC_TOKEN: 'aaa' } })
    expect(option.received[0]?.headers['cf-access-token']).toBe('ddd')
  })

  it('or by a service token', async ({ expect }) => {
    const env = { ORC_CLIENT_ID: 'id.access', ORC_CLIENT_SECRET: 's3cret' }
    const { received } = await groups({ body: GROUPS }, [], { env })
    expect(received[0]?.headers).toMatchObject({ 'cf-access-client-id': 'id.access', 'cf-access-client-secret': 's3cret' })
    expect((await groups({ body: GROUPS }, [], { env: { ORC_CLIENT_ID: 'id' } })).code).toBe(2)
    const fromFile = await groups({ body: GROUPS }, [], { env: { ...env, ORC_CLIENT_SECRET: 's3cret\n' } })
    expect(fromFile.received[0]?.headers['cf-access-client-secret']).toBe('s3cret')
    const mangled = await groups({ body: GROUPS }, [], { env: { ...env, ORC_CLIENT_SECRET: 's3c–ret' } })
    expect([mangled.code, mangled.err]).toEqual([2, expect.stringContaining('ORC_CLIENT_SECRET has characters')])
  })

  it('is whoever they like on the local stack: its Access gives a token, once', async ({ expect }) => {
    control = await startFakeControl({
      'GET /token': { body: 'minted.for.them' },
      [PATH]: first(problem(503, 'unavailable', 'Not now.')),
    })
    const { code } = await runCli(['dlq', 'groups', '--as', 'admin@example.com', '--url', control.url])
    expect(code).toBe(0)
    expect(control.received.map(({ path }) => path)).toEqual([
      '/token?app=console&email=admin%40example.com',
      '/v1/dead-letters/groups',
      '/v1/dead-letters/groups',
    ])
    expect(control.received[0]?.headers.host).toMatch(/^access\.localhost:/)
    expect(control.received[1]?.headers['cf-access-jwt-assertion']).toBe('minted.for.them')
  })

  for (const [why, args] of [
    ['to be somebody on a real deployment', ['--as', 'a@example.com', '--url', 'https://control.example.com']],
    ['to send a token in the clear', ['--token', 'x', '--url', 'http://control.example.com']],
    ['an address with a password', ['--url', 'https://me:pw@control.example.com']],
    ['what is no address', ['--url', 'control']],
    ['a person and a token at once', ['--as', 'a@example.com', '--token', 'x']],
    ['a person without an address', ['--as', 'admin']],
    ['a token that was not copied whole', ['--token', 'aa bb']],
    ['a timeout that is none', ['--timeout', 'soon']],
  ] as const) {
    it(`is refused ${why}`, async ({ expect }) => {
      const { code, out, err } = await runCli(['dlq', 'groups', ...args])
      expect([code, out]).toEqual([2, ''])
      expect(err).toMatch(/^orc: /)
    })
  }
})
