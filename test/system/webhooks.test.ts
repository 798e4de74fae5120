import { connect } from 'node:net'
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
    expect(sent.map(({ outcome }) => String(outcome)).toSorted()).toEqual(['accepted', ...Array<string>(49).fill('duplicate')])
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

  it('of 26 MiB is refused at once when it says so', async ({ expect }) => {
    const answer = await upload(stack.port, `content-length: ${26 << 20}`, function* () {
      yield CHUNK
    })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('that does not say how long it is, is refused when it passes 1 MiB', async ({ expect }) => {
    let sent = 0
    const size = `${CHUNK.length.toString(16)}\r\n`
    const answer = await upload(stack.port, 'transfer-encoding: chunked', function* () {
      for (; sent < 200 << 20; sent += CHUNK.length) {
        yield Buffer.from(size)
        yield CHUNK
        yield Buffer.from('\r\n')
      }
    })
    expect(answer).toMatch(/^HTTP\/1\.1 411 /)
    expect(sent).toBeGreaterThanOrEqual(1 << 20)
    expect(sent).toBeLessThan(75 << 20)
  })
})

const CHUNK = Buffer.alloc(1 << 16, 'x')

/** Posts over a bare connection and stops sending as soon as there is an answer: its head. */
function upload(port: number, length: string, chunks: () => Generator<Buffer>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')))
    socket.on('error', reject)
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.write(
      `POST /webhooks/stripe HTTP/1.1\r\nhost: ingress.localhost:${port}\r\nstripe-signature: t=1,v1=00\r\n${length}\r\n\r\n`,
    )
    void (async () => {
      for (const chunk of chunks()) {
        if (socket.destroyed) return
        // A destroyed socket never drains: then nobody waits for this any more.
        if (!socket.write(chunk)) await new Promise((drained) => socket.once('drain', drained))
        // An answer that has come is read before more is written: a closed connection would take it along.
        await new Promise((resolveTurn) => setImmediate(resolveTurn))
      }
    })()
  })
}
