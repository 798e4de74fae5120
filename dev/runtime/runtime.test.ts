import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { localFetch } from '../lib/local-fetch.ts'
import { until } from '../lib/until.ts'
import { startStubStack, type StubStack, temporaryFolder } from '../test/stub-stack.ts'
import { BILLING_CREDENTIAL } from '../values.ts'
import { databases, migrate } from './migrate.ts'
import { freePort } from './ports.ts'
import { claimState } from './state-claim.ts'
import { findWorkerd } from './workerd-process.ts'

let stateDir: string
const started: StubStack[] = []
const start = async (options: Parameters<typeof startStubStack>[0] = {}): Promise<StubStack> => {
  const stack = await startStubStack({ stateDir, ...options })
  started.push(stack)
  return stack
}
beforeEach(async () => {
  stateDir = await temporaryFolder()
})
afterEach(async () => {
  for (const stack of started.splice(0)) await stack.stop()
  await rm(stateDir, { recursive: true, force: true })
})

const token = async (stack: StubStack): Promise<string> =>
  (await stack.ask('access', '/token?email=admin@example.com&app=console')).text()
const write = (stack: StubStack, id: string): Promise<Response> =>
  stack.ask('billing', `/subscriptions/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${BILLING_CREDENTIAL}` },
    body: '{"status":"active"}',
  })

describe('a restart on the same state', () => {
  it('keeps data, sessions and the configuration revision', async ({ expect }) => {
    const port = await freePort()
    const first = await start({ port })
    const session = await token(first)
    await write(first, 'sub_kept')
    await first.runtime.stop()
    const second = await start({ port })
    expect(second.runtime.configRevision).toBe(first.runtime.configRevision)
    expect((await second.ask('billing', '/subscriptions/sub_kept')).status).toBe(200)
    const identity = await second.ask('access', '/cdn-cgi/access/get-identity?app=console', {
      headers: { cookie: `CF_Authorization=${session}` },
    })
    expect(await identity.json()).toMatchObject({ email: 'admin@example.com' })
  })

  it('publishes a new revision when the port, and with it an address, is another', async ({ expect }) => {
    const first = await start()
    await first.runtime.stop()
    const second = await start()
    expect(second.runtime.port).not.toBe(first.runtime.port)
    expect(second.runtime.configRevision).toBe(first.runtime.configRevision + 1)
  })

  it('leaves a configuration that somebody else published', async ({ expect }) => {
    const first = await start()
    const db = await first.runtime.mf.getD1Database('CONTROL_DB', 'orchestrator-control')
    await db.exec(
      `INSERT INTO config_revisions SELECT 7, published_at, 'admin@example.com', reason, 'another', snapshot FROM config_revisions`,
    )
    await first.runtime.stop()
    expect((await start()).runtime.configRevision).toBe(7)
  })

  it('goes on after kill -9, and nothing of the killed stack still answers', async ({ expect }) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../test/keep-running.ts'), stateDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const port = Number(
      await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString()))),
    )
    await localFetch(`http://billing.localhost:${port}/subscriptions/sub_killed`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${BILLING_CREDENTIAL}` },
      body: '{"status":"active"}',
    })
    child.kill('SIGKILL')
    const second = await start()
    expect((await second.ask('billing', '/subscriptions/sub_killed')).status).toBe(200)
    await until(
      'the killed stack is gone',
      async () =>
        localFetch(`http://localhost:${port}/livez`).then(
          () => undefined,
          () => true,
        ),
      {
        timeoutMs: 5_000,
      },
    )
  })
})

describe('a workerd that a killed stack left behind', () => {
  const pretended: ChildProcess[] = []
  afterEach(() => {
    for (const child of pretended.splice(0)) child.kill('SIGKILL')
  })

  /** Looks like one to who reads the list of processes. */
  const pretend = async (port: number): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [
      '-e',
      'setInterval(() => {}, 1000)',
      'workerd',
      `--socket-addr=entry=127.0.0.1:${port}`,
    ])
    pretended.push(child)
    await until('it runs', async () => findWorkerd(port), { timeoutMs: 5_000 })
    return child
  }

  it('is ended by the next start on its state', async ({ expect }) => {
    const child = await pretend(65_001)
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
    // The process that the file names is not its parent: that one is gone.
    await writeFile(join(stateDir, 'runtime.json'), JSON.stringify({ pid: 999_999_999, port: 65_001 }))
    await claimState(stateDir, 65_002)
    expect(await ended).toBe('SIGKILL')
    expect(JSON.parse(await readFile(join(stateDir, 'runtime.json'), 'utf8'))).toEqual({ pid: process.pid, port: 65_002 })
  })

  it('is left alone while its own stack runs', async ({ expect }) => {
    const child = await pretend(65_003)
    await writeFile(join(stateDir, 'runtime.json'), JSON.stringify({ pid: process.pid, port: 65_003 }))
    await expect(claimState(stateDir, 65_004)).rejects.toThrow('in use by the stack on port 65003')
    expect(findWorkerd(65_003)).toMatchObject({ pid: child.pid })
  })
})

describe('what it refuses', () => {
  it('a state that a running stack uses', async ({ expect }) => {
    await start()
    await expect(start()).rejects.toThrow('in use by the stack on port')
  })

  it('a state that another stack takes at the same moment', async ({ expect }) => {
    for (const left of [undefined, { pid: 999_999_999, port: 65_007 }]) {
      if (left) await writeFile(join(stateDir, 'runtime.json'), JSON.stringify(left))
      const claims = await Promise.allSettled([1, 2, 3, 4].map((nth) => claimState(stateDir, 65_010 + nth)))
      expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const claim of claims) if (claim.status === 'fulfilled') await claim.value.release()
    }
  })

  it('a port that another program listens on', async ({ expect }) => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      }),
    )
    await expect(start({ port })).rejects.toThrow(`Port ${port} is in use`)
    server.close()
  })
})

describe('migrations', () => {
  it('are all applied, once, in the bookkeeping of wrangler', async ({ expect }) => {
    const { runtime } = await start()
    const found = databases()
    expect(found.map(({ binding }) => binding).sort()).toEqual(['BILLING_DB', 'CONTROL_DB', 'DATA_00', 'DATA_01'])
    for (const { worker, binding, migrations } of found) {
      const db = await runtime.mf.getD1Database(binding, worker)
      const read = async () => (await db.prepare('SELECT id, name, applied_at FROM d1_migrations ORDER BY id').all()).results
      const before = await read()
      expect(before.length).toBeGreaterThan(0)
      expect(await migrate(db, migrations)).toEqual([])
      expect(await read()).toEqual(before)
    }
  })
})

describe('the seed', () => {
  it('keeps no secret in the clear, and binds the people of development to their roles', async ({ expect }) => {
    const { runtime } = await start()
    const db = await runtime.mf.getD1Database('CONTROL_DB', 'orchestrator-control')
    const snapshot = await db.prepare('SELECT snapshot FROM config_revisions').first<string>('snapshot')
    expect(snapshot).toContain('stripe-signing')
    expect(snapshot).not.toContain('development_only')
    const { results } = await db.prepare('SELECT subject, role FROM role_bindings ORDER BY subject').all()
    expect(results).toEqual([
      { subject: 'admin@example.com', role: 'admin' },
      { subject: 'auditor@example.com', role: 'auditor' },
      { subject: 'breakglass@example.com', role: 'break_glass_admin' },
      { subject: 'operator@example.com', role: 'operator' },
      { subject: 'viewer@example.com', role: 'viewer' },
    ])
  })

  it('lets nobody but the owner read the key of the local Access', async ({ expect }) => {
    await start()
    expect(JSON.parse(await readFile(join(stateDir, 'access-key.json'), 'utf8'))).toMatchObject({ kty: 'RSA', alg: 'RS256' })
    expect(((await stat(join(stateDir, 'access-key.json'))).mode & 0o077).toString(8)).toBe('0')
  })
})
