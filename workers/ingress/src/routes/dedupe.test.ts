import { deadLetterRow, insertRows } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import type { Env } from '../env.ts'
import { failing, watched } from '../testing/faults.ts'
import { configOf, newSender, requestFrom, type Sender, type Sending } from '../testing/senders.ts'
import { env, fetchWith, inboxRow, jobRows, seedConfig } from '../testing/stack.ts'

const senders: Record<string, Sender> = {}

beforeAll(async () => {
  const github = await newSender('github', 'github')
  const shopify = await newSender('shopify', 'shopify')
  const brief = { ...github.preset, id: 'brief', dedupe: { by: 'body' as const, windowMs: 1_000 } }
  const fields = [
    { kind: 'body' as const, path: 'order' },
    { kind: 'body' as const, path: 'state' },
  ]
  Object.assign(senders, {
    github,
    shopify,
    resend: await newSender('resend', 'resend'),
    'by-fields': await newSender('by-fields', 'github', { dedupe: { by: 'fields', fields } }),
    'by-body': await newSender('by-body', 'github', { dedupe: { by: 'body' } }),
    second: await newSender('second', 'github', { dedupeWindowMs: 1_000 }),
    brief: await newSender('brief', brief),
    'no-revival': await newSender('no-revival', 'github', { reviveDead: false }),
  })
  await seedConfig(configOf(...Object.values(senders)))
})

async function send(provider: string, sending: Sending, faults: Partial<Env> = {}) {
  const response = await fetchWith({ ...env, ...faults }, await requestFrom(senders[provider]!, sending))
  return { code: response.status, ...(await response.json<{ id: string; status: string }>()) }
}

let made = 0
const delivery = () => ({ 'x-github-delivery': `delivery-${++made}`, 'x-github-event': 'push' })
const body = () => JSON.stringify({ n: ++made })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a delivery is a duplicate', () => {
  it('by its signed id, whatever its body', async ({ expect }) => {
    const headers = { 'webhook-id': 'msg_1', 'svix-id': 'msg_1' }
    const first = await send('resend', { body: body(), headers })
    expect(first).toMatchObject({ code: 200, status: 'accepted' })
    expect(await send('resend', { body: body(), headers })).toEqual({ code: 200, id: first.id, status: 'duplicate' })
    const other = { 'webhook-id': 'msg_2', 'svix-id': 'msg_2' }
    expect(await send('resend', { body: body(), headers: other })).toMatchObject({ status: 'accepted' })
  })

  it('by an unsigned id or by its body: a replay under a new id is none of its own', async ({ expect }) => {
    const [content, headers] = [body(), delivery()]
    const first = await send('github', { body: content, headers })
    expect(first.status).toBe('accepted')
    const duplicate = { code: 200, id: first.id, status: 'duplicate' }
    expect(await send('github', { body: content, headers: delivery() })).toEqual(duplicate)
    expect(await send('github', { body: body(), headers })).toEqual(duplicate)
    expect(await send('github', { body: body(), headers: delivery() })).toMatchObject({ status: 'accepted' })
  })

  it('by its body alone where the provider says so', async ({ expect }) => {
    const [content, headers] = [body(), delivery()]
    const first = await send('by-body', { body: content, headers })
    expect(await send('by-body', { body: content, headers: delivery() })).toMatchObject({ id: first.id, status: 'duplicate' })
    expect(await send('by-body', { body: body(), headers })).toMatchObject({ status: 'accepted' })
  })

  it('by the facts that the provider names, and by its body where one is missing', async ({ expect }) => {
    const order = (state: string, more = {}) => ({ body: JSON.stringify({ order: 1, state, ...more }), headers: delivery() })
    const first = await send('by-fields', order('paid'))
    expect(await send('by-fields', order('paid', { attempt: 2 }))).toMatchObject({ id: first.id, status: 'duplicate' })
    expect(await send('by-fields', order('shipped'))).toMatchObject({ status: 'accepted' })
    const without = JSON.stringify({ order: 1, x: ++made })
    const whole = await send('by-fields', { body: without })
    expect(await send('by-fields', { body: without })).toMatchObject({ id: whole.id, status: 'duplicate' })
    expect(await send('by-fields', { body: JSON.stringify({ order: 1, x: ++made }) })).toMatchObject({ status: 'accepted' })
  })

  it('within its window only', async ({ expect }) => {
    for (const provider of ['second', 'brief']) {
      const [content, headers] = [body(), delivery()]
      const first = await send(provider, { body: content, headers })
      expect(await send(provider, { body: content, headers }), provider).toMatchObject({ id: first.id, status: 'duplicate' })
      await pause(1_050)
      const again = await send(provider, { body: content, headers })
      expect(again.status, provider).toBe('accepted')
      expect(await send(provider, { body: content, headers }), provider).toMatchObject({ id: again.id, status: 'duplicate' })
    }
  })

  it('of one provider only', async ({ expect }) => {
    const [content, headers] = [body(), delivery()]
    expect((await send('github', { body: content, headers })).status).toBe('accepted')
    expect((await send('no-revival', { body: content, headers })).status).toBe('accepted')
  })

  it('however many come at once, by id, by body, or crosswise', async ({ expect }) => {
    const [content, headers] = [body(), delivery()]
    for (const sending of [
      () => ({ body: content, headers }),
      () => ({ body: content, headers: delivery() }),
      () => ({ body: body(), headers }),
    ]) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => send('github', sending())))
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
      expect(answers.every(({ code }) => code === 200)).toBe(true)
      expect(await jobRows(answers[0]?.id ?? '')).toHaveLength(1)
    }
  })
})

describe('a duplicate whose job lies dead', () => {
  /** Accepted, worked, and dead for this long. */
  async function dead(provider: string, agoMs: number) {
    const sending = { body: body(), headers: delivery() }
    const { id } = await send(provider, sending)
    const [job] = await jobRows(id)
    if (!job) throw new Error('no job was made')
    await env.DATA_00.prepare("UPDATE jobs SET state = 'dead', wake_at = NULL WHERE id = ?").bind(job.id).run()
    await insertRows(env.DATA_00, 'dead_letters', { ...deadLetterRow(job), inboxId: id, diedAt: Date.now() - agoMs })
    const calls: unknown[][] = []
    const again = (faults: Partial<Env> = {}) =>
      send(provider, sending, { WEBHOOK_QUEUE: watched(env.WEBHOOK_QUEUE, calls, 'send', 'sendBatch'), ...faults })
    return { id, jobId: job.id, calls, again, state: async () => (await jobRows(id)).map((row) => [row.state, row.generation]) }
  }

  it('puts it back to work under the next generation, and sends it', async ({ expect }) => {
    const { id, jobId, calls, again, state } = await dead('github', 61_000)
    expect(await again()).toEqual({ code: 200, id, status: 'duplicate' })
    expect(await state()).toEqual([['queued', 2]])
    const trace = (await inboxRow(id))?.trace
    expect(calls).toEqual([[{ kind: 'job', jobId, generation: 2, trace }]])
    expect(await again()).toMatchObject({ status: 'duplicate' })
    expect([await state(), calls.length]).toEqual([[['queued', 2]], 1])
  })

  it('once, when many come at once', async ({ expect }) => {
    const { calls, again, state } = await dead('github', 61_000)
    await Promise.all(Array.from({ length: 20 }, () => again()))
    expect([await state(), calls.length]).toEqual([[['queued', 2]], 1])
  })

  it('leaves it alone within a minute of its death, and where the provider wants no revival', async ({ expect }) => {
    for (const [provider, agoMs] of [
      ['github', 50_000],
      ['no-revival', 90_000],
    ] as const) {
      const { id, calls, again, state } = await dead(provider, agoMs)
      expect(await again()).toEqual({ code: 200, id, status: 'duplicate' })
      expect([await state(), calls], provider).toEqual([[['dead', 1]], []])
    }
  })

  it('is answered 200 while the queue fails: the sweep sends the revived job', async ({ expect }) => {
    const { again, state } = await dead('github', 61_000)
    expect(await again({ WEBHOOK_QUEUE: failing(env.WEBHOOK_QUEUE, 'send', 'sendBatch') })).toMatchObject({ code: 200 })
    expect(await state()).toEqual([['queued', 2]])
  })
})
