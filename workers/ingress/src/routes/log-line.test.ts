import { beforeAll, describe, it, vi } from 'vitest'
import { failing } from '../testing/faults.ts'
import { env, fetchWith, post, SECRET, seedConfig, signed, subscriptionEvent } from '../testing/stack.ts'

beforeAll(() => seedConfig())

/** The lines that one request writes. */
async function linesOf(request: Request, faults = {}): Promise<Record<string, unknown>[]> {
  const lines: string[] = []
  const spies = (['log', 'warn', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(line)),
  )
  await fetchWith({ ...env, ...faults }, request)
  for (const spy of spies) spy.mockRestore()
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the one line of a request', () => {
  it('is none where DATA tells what became of it', async ({ expect }) => {
    expect(await linesOf(await signed(subscriptionEvent()))).toEqual([])
    expect(await linesOf(await signed(subscriptionEvent({ type: 'invoice.paid' })))).toEqual([])
  })

  it('says what became of a duplicate, or of what waits elsewhere, and nothing that was in it', async ({ expect }) => {
    const body = subscriptionEvent({ status: 'unmistakable' })
    await linesOf(await signed(body))
    const said = { level: 'info', message: 'request', worker: 'ingress', status: 200, provider: 'stripe' }
    const about = { eventType: 'customer.subscription.updated', inboxId: expect.stringMatching(/^whk_00/) }
    const lines = [
      ...(await linesOf(await signed(body))),
      ...(await linesOf(await signed(subscriptionEvent({ status: 'unmistakable' })), {
        DATA_00: failing(env.DATA_00, 'batch'),
      })),
    ]
    expect(lines.filter(({ message }) => message === 'request')).toMatchObject([
      { ...said, ...about, outcome: 'duplicate', place: 'data', jobs: 0 },
      { ...said, ...about, outcome: 'accepted', place: 'r2', jobs: 1 },
    ])
    const text = JSON.stringify(lines)
    for (const secret of ['unmistakable', SECRET, 'v1=']) expect(text).not.toContain(secret)
  })

  it('holds the reason of a refusal, which the answer does not', async ({ expect }) => {
    expect(await linesOf(post('{}'))).toMatchObject([{ status: 401, outcome: 'unverified', reason: 'missing_header' }])
    expect(await linesOf(await signed(subscriptionEvent(), { age: 600 }))).toMatchObject([{ reason: 'timestamp_too_old' }])
  })

  it('is an error when the provider is ours to fix', async ({ expect }) => {
    const lines = await linesOf(await signed(subscriptionEvent(), { provider: 'stripe-without-secret' }))
    expect(lines).toMatchObject([{ level: 'error', status: 503, problem: 'the secret nowhere does not resolve' }])
  })
})
