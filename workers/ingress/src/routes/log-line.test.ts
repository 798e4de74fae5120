import { beforeAll, describe, it, vi } from 'vitest'
import { env, fetchWith, post, SECRET, seedConfig, signed, subscriptionEvent } from '../testing/stack.ts'

beforeAll(() => seedConfig())

/** The lines that one request writes. */
async function linesOf(request: Request): Promise<Record<string, unknown>[]> {
  const lines: string[] = []
  const spies = (['log', 'warn', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(line)),
  )
  await fetchWith(env, request)
  for (const spy of spies) spy.mockRestore()
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the one line of a request', () => {
  it('says what became of an accepted webhook, and nothing that was in it', async ({ expect }) => {
    const lines = await linesOf(await signed(subscriptionEvent({ status: 'unmistakable' })))
    expect(lines).toMatchObject([
      {
        level: 'info',
        message: 'request',
        worker: 'ingress',
        status: 200,
        provider: 'stripe',
        outcome: 'accepted',
        place: 'data',
        jobs: 1,
        eventType: 'customer.subscription.updated',
        inboxId: expect.stringMatching(/^whk_00/),
      },
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
