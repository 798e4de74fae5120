import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { signStripe, stripeEvent } from '../lib/stripe-event.ts'
import { startStubStack, type StubStack } from '../test/stub-stack.ts'
import { freePort } from '../runtime/ports.ts'
import { STRIPE_SIGNING_SECRET } from '../values.ts'

/** Runs a program of this folder to its end. */
async function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
    env: { ...process.env, ...env },
    timeout: 25_000,
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

it('dev refuses a port that is no port', async ({ expect }) => {
  const { code, output } = await run('dev.ts', [], { PORT: 'eighty' })
  expect(code).toBe(1)
  expect(output).toContain('PORT must be a number')
})
