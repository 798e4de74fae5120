import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { localFetch } from '../lib/local-fetch.ts'
import { until } from '../lib/until.ts'
import { signStripe, stripeEvent } from '../lib/stripe-event.ts'
import { startStubStack, type StubStack, temporaryFolder } from '../test/stub-stack.ts'
import { freePort } from '../runtime/ports.ts'
import { STRIPE_SIGNING_SECRET } from '../values.ts'

/** Runs a program of this folder to its end. */
async function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
  timeout = 25_000,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
    env: { ...process.env, ...env },
    timeout,
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

describe('send', () => {
  let stack: StubStack
  beforeAll(async () => {
    stack = await startStubStack()
  })
  afterAll(() => stack.stop())

  it('signs so that Stripe’s own library accepts the event', ({ expect }) => {
    const { eventId, payload } = stripeEvent({
      type: 'customer.subscription.updated',
      subscriptionId: 'sub_1',
      status: 'active',
      now: Date.now(),
    })
    const event = Stripe.webhooks.constructEvent(payload, signStripe(payload), STRIPE_SIGNING_SECRET)
    expect(event.id).toBe(eventId)
    expect(event.type).toBe('customer.subscription.updated')
    expect(event.data.object).toMatchObject({ id: 'sub_1', status: 'active' })
  })

  it('posts as many times as it is told and ends with 0', async ({ expect }) => {
    const { code, output } = await run('send.ts', ['stripe', '--id', 'sub_2', '--status', 'past_due', '--times', '3'], {
      PORT: String(stack.runtime.port),
    })
    expect(code).toBe(0)
    expect(output).toContain('"status":"past_due"')
    expect(output.match(/^200 /gm)).toHaveLength(3)
  })

  it('ends with 1 when the answer is not good', async ({ expect }) => {
    const { code, output } = await run('send.ts', ['stripe', '--url', `http://ingress.localhost:${stack.runtime.port}/refuse`])
    expect(code).toBe(1)
    expect(output).toContain('413 too large')
  })

  it('ends with 1 and says what to do when nothing is running', async ({ expect }) => {
    const { code, output } = await run('send.ts', ['stripe'], { PORT: String(await freePort()) })
    expect(code).toBe(1)
    expect(output).toContain('Start it: npx -y pnpm@12 dev')
  })

  for (const args of [[], ['github'], ['stripe', '--times', '0']]) {
    it(`ends with 1 and its help on “${args.join(' ')}”`, async ({ expect }) => {
      const { code, output } = await run('send.ts', args)
      expect(code).toBe(1)
      expect(output).toContain('--event-id')
    })
  }
})

for (const program of ['dev.ts', 'demo.ts', 'send.ts', 'generate-migrations.ts', 'generate-types.ts']) {
  it(`${program} explains itself`, async ({ expect }) => {
    const { code, output } = await run(program, ['--help'])
    expect(code).toBe(0)
    expect(output).toContain('pnpm ')
  })
}

describe('dev', () => {
  /** Starts the real stack, and waits until it says so. */
  async function start(env: Record<string, string>): Promise<{ child: ChildProcess; output: () => string }> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'dev.ts'), '--quiet'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let output = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (output += data.toString()))
    await until('the stack says that it is ready', async () => (output.includes('Ready on') ? true : undefined), {
      timeoutMs: 60_000,
    })
    return { child, output: () => output }
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(
      `stops on ${signal} to its process group within 5 s, ends with 0 and leaves nothing running`,
      { timeout: 90_000 },
      async ({ expect }) => {
        const [port, stateDir] = [await freePort(), await temporaryFolder()]
        const { child, output } = await start({ PORT: String(port), STATE_DIR: stateDir })
        expect((await localFetch(`http://localhost:${port}/readyz`)).status).toBe(200)
        expect(output()).toContain('operator@example.com')
        const startedAt = performance.now()
        const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
        process.kill(-Number(child.pid), signal)
        expect(await ended).toBe(0)
        expect(performance.now() - startedAt).toBeLessThan(5_000)
        await expect(localFetch(`http://localhost:${port}/livez`)).rejects.toThrow('ECONNREFUSED')
        await rm(stateDir, { recursive: true, force: true })
      },
    )
  }

  it('ends with 1 when its port is taken, and says so', async ({ expect }) => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      }),
    )
    const stateDir = await temporaryFolder()
    const { code, output } = await run('dev.ts', [], { PORT: String(port), STATE_DIR: stateDir })
    server.close()
    expect(code).toBe(1)
    expect(output).toContain(`Port ${port} is in use`)
    await rm(stateDir, { recursive: true, force: true })
  })
})

describe('demo --once', () => {
  it('tells the whole story, ends with 0 and leaves nothing behind', { timeout: 120_000 }, async ({ expect }) => {
    const folder = await temporaryFolder()
    const { code, output } = await run('demo.ts', ['--once'], { TMPDIR: folder }, 110_000)
    expect(output).toContain('The whole story holds')
    expect(code).toBe(0)
    expect((await readdir(folder)).filter((name) => name.startsWith('orchestrator-'))).toEqual([])
    await rm(folder, { recursive: true, force: true })
  })

  it('ends with 1 and names the step that failed', async ({ expect }) => {
    const { code, output } = await run('demo.ts', ['--once'], { TMPDIR: '/nowhere/at/all' })
    expect(code).toBe(1)
    expect(output).toContain('Step 1 failed: “The whole stack starts')
  })
})

it('dev refuses a port that is no port', async ({ expect }) => {
  const { code, output } = await run('dev.ts', [], { PORT: 'eighty' })
  expect(code).toBe(1)
  expect(output).toContain('PORT must be a number')
})
