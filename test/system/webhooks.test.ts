import { afterAll, beforeAll, describe, it } from 'vitest'
import { callsFor, subscriptionStatus } from '../support/billing.ts'
import { ask, jobReaches } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { post, postRaw, stripeSignature, subscriptionEvent } from '../support/webhooks.ts'

describe('a signed Stripe event', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack?.stop())

  it('changes the subscription exactly once, and the log tells the story', async ({ expect }) => {
    const sent = await post(stack.port, 'evt_story', 'sub_story', 'past_due')
    expect([sent.status, sent.outcome]).toEqual([200, 'accepted'])
    const job = await jobReaches(stack.port, sent.id ?? '', 'succeeded')
    expect(await subscriptionStatus(stack.port, 'sub_story')).toBe('past_due')
    const calls = await callsFor(stack.port, 'sub_story')
    expect(calls.map(({ effect, idempotencyKey }) => [effect, idempotencyKey])).toEqual([['applied', job.id]])

    expect(job.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([['success', 200]])
    expect(job.events.map(({ type }) => type)).toEqual(['webhook.accepted', 'job.queued', 'job.succeeded'])
    const { body: webhook } = await ask(stack.port, 'viewer', `/v1/inbox/${sent.id}`)
    expect(webhook).toMatchObject({
      provider: 'stripe',
      eventId: 'evt_story',
      status: 'accepted',
      verification: { secret: 'current' },
    })
    expect(JSON.stringify(webhook)).not.toContain('v1=')
    // One trace from the door to the upstream.
    expect(job.trace.split('-')[1]).toBe(String(webhook.trace).split('-')[1])
    expect(job.attempts[0]?.trace).toContain(job.trace.split('-')[1])
  })

  it('sent 50 times at once makes one job, one call and 49 duplicates', async ({ expect }) => {
    const sent = await Promise.all(Array.from({ length: 50 }, () => post(stack.port, 'evt_50', 'sub_50')))
    expect(sent.filter(({ status }) => status !== 200)).toEqual([])
    expect(sent.map(({ outcome }) => outcome).toSorted()).toEqual(['accepted', ...Array<string>(49).fill('duplicate')])
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
    await jobReaches(stack.port, sent[0]?.id ?? '', 'succeeded')
    expect(await callsFor(stack.port, 'sub_50')).toHaveLength(1)
  })

  it('that is not what was signed is refused with one public message', async ({ expect }) => {
    const payload = subscriptionEvent('evt_bad', 'sub_bad')
    const good = stripeSignature(payload)
    const tenMinutesAgo = Math.floor(Date.now() / 1000) - 600
    const answers = await Promise.all([
      postRaw(stack.port, payload.replace('active', 'actorr'), { 'stripe-signature': good }),
      postRaw(stack.port, payload, { 'stripe-signature': stripeSignature(payload, 'whsec_wrong') }),
      postRaw(stack.port, payload, {}),
      postRaw(stack.port, payload, { 'stripe-signature': 'nonsense' }),
      postRaw(stack.port, payload, { 'stripe-signature': stripeSignature(payload, undefined, tenMinutesAgo) }),
    ])
    const messages = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { detail: string }).detail))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
    expect(new Set(messages).size).toBe(1)
  })

  it('to a provider that nobody configured is 404', async ({ expect }) => {
    const payload = subscriptionEvent('evt_404', 'sub_404')
    const answer = await postRaw(stack.port, payload, { 'stripe-signature': stripeSignature(payload) }, 'nobody')
    expect(answer.status).toBe(404)
  })

  it('that is empty, or not JSON, is stored and ignored', async ({ expect }) => {
    for (const body of ['', '{"broken":', 'plain text']) {
      const answer = await postRaw(stack.port, body, { 'stripe-signature': stripeSignature(body) })
      const { id, status } = (await answer.json()) as { id: string; status: string }
      expect([answer.status, status], body).toEqual([200, 'ignored'])
      expect((await ask(stack.port, 'viewer', `/v1/inbox/${id}`)).body).toMatchObject({ status: 'ignored', jobs: [] })
    }
  })

  it('of 26 MiB is refused without being read whole', async ({ expect }) => {
    let produced = 0
    const answer = await postStream(stack.port, () => {
      produced += 1 << 16
      return produced <= 26 << 20 ? new Uint8Array(1 << 16) : undefined
    })
    expect(answer.status).toBe(413)
    const declared = await postRaw(stack.port, 'x'.repeat(26 << 20), { 'stripe-signature': 't=1,v1=00' })
    expect(declared.status).toBe(413)
  })
})

async function postStream(port: number, next: () => Uint8Array | undefined): Promise<Response> {
  const { localFetch } = await import('@orchestrator/dev/lib/local-fetch')
  async function* chunks() {
    for (let chunk = next(); chunk; chunk = next()) yield chunk
  }
  return localFetch(`http://ingress.localhost:${port}/webhooks/stripe`, {
    method: 'POST',
    body: chunks(),
    headers: { 'stripe-signature': 't=1,v1=00' },
    timeoutMs: 30_000,
  })
}
