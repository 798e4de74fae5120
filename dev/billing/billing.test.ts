import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest'
import { startStubStack, type StubStack } from '../test/stub-stack.ts'
import { BILLING_CREDENTIAL } from '../values.ts'
import type { Call } from './store.ts'

let stack: StubStack
beforeAll(async () => {
  stack = await startStubStack()
})
afterAll(() => stack.stop())

const credential = { authorization: `Bearer ${BILLING_CREDENTIAL}` }
const put = (id: string, body: unknown, headers: Record<string, string> = {}, timeoutMs = 10_000) =>
  stack.ask('billing', `/subscriptions/${id}`, {
    method: 'PUT',
    headers: { ...credential, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    timeoutMs,
  })
const look = (id: string) => stack.ask('billing', `/subscriptions/${id}`)
const behave = (behaviour: unknown) => stack.ask('billing', '/behaviour', { method: 'PUT', body: JSON.stringify(behaviour) })
const calls = async (): Promise<Call[]> => (await (await stack.ask('billing', '/calls')).json<{ calls: Call[] }>()).calls

beforeEach(async () => {
  await behave({ mode: 'ok' })
  await stack.ask('billing', '/calls', { method: 'DELETE' })
})

describe('subscriptions', () => {
  it('are written with the credential and read without one', async ({ expect }) => {
    expect((await look('sub_none')).status).toBe(404)
    expect((await put('sub_1', { status: 'active' })).status).toBe(200)
    expect(await (await look('sub_1')).json()).toMatchObject({ id: 'sub_1', status: 'active' })
    await put('sub_1', { status: 'canceled' })
    expect(await (await look('sub_1')).json()).toMatchObject({ status: 'canceled' })
  })

  it('are not written without the credential', async ({ expect }) => {
    expect((await put('sub_2', { status: 'active' }, { authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await look('sub_2')).status).toBe(404)
    expect(await calls()).toMatchObject([{ method: 'PUT', effect: 'none', status: 401 }])
  })

  for (const body of ['', '{', '[]', '{"status":""}', '{"status":1}']) {
    it(`refuse the body ${JSON.stringify(body)}`, async ({ expect }) => {
      const answer = await put('sub_3', body)
      expect(answer.status).toBe(400)
      expect((await answer.text()).length).toBeGreaterThan(0)
      expect((await look('sub_3')).status).toBe(404)
    })
  }
})

describe('idempotency keys', () => {
  it('apply a write once and repeat its answer', async ({ expect }) => {
    const key = { 'idempotency-key': 'job_1' }
    const first = await (await put('sub_4', { status: 'active' }, key)).text()
    await put('sub_4', { status: 'paused' })
    const again = await put('sub_4', { status: 'active' }, key)
    expect(await again.text()).toBe(first)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await (await look('sub_4')).json()).toMatchObject({ status: 'paused' })
    expect((await calls()).map(({ effect, idempotencyKey }) => [effect, idempotencyKey])).toEqual([
      ['applied', 'job_1'],
      ['applied', null],
      ['replayed', 'job_1'],
    ])
  })

  it('apply once among many at once', async ({ expect }) => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => put('sub_5', { status: 'active' }, { 'idempotency-key': 'job_2' })),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const effects = (await calls()).map(({ effect }) => effect)
    expect(effects.filter((effect) => effect === 'applied')).toHaveLength(1)
    expect(effects.filter((effect) => effect === 'replayed')).toHaveLength(19)
  })

  it('are refused for another request', async ({ expect }) => {
    await put('sub_6', { status: 'active' }, { 'idempotency-key': 'job_3' })
    expect((await put('sub_6', { status: 'paused' }, { 'idempotency-key': 'job_3' })).status).toBe(422)
    expect(await (await look('sub_6')).json()).toMatchObject({ status: 'active' })
    expect((await calls()).at(-1)).toMatchObject({ effect: 'none', status: 422 })
  })

  it('of a failed call are free for the next', async ({ expect }) => {
    const key = { 'idempotency-key': 'job_4' }
    await behave({ mode: 'status', status: 503 })
    await put('sub_7', { status: 'active' }, key)
    await behave({ mode: 'ok' })
    await put('sub_7', { status: 'active' }, key)
    expect((await calls()).map(({ effect, status }) => [effect, status])).toEqual([
      ['none', 503],
      ['applied', 200],
    ])
  })
})

describe('behaviour', () => {
  it('status: every call fails so, with Retry-After, and scripts still see', async ({ expect }) => {
    await put('sub_8', { status: 'active' })
    await behave({ mode: 'status', status: 429, retryAfterSeconds: 3 })
    const answer = await put('sub_8', { status: 'paused' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3'])
    expect((await stack.ask('billing', '/subscriptions/sub_8', { headers: credential })).status).toBe(429)
    expect((await stack.ask('billing', '/echo', { method: 'POST', headers: credential, body: '{}' })).status).toBe(429)
    expect(await (await look('sub_8')).json()).toMatchObject({ status: 'active' })
    expect(await calls()).toHaveLength(4)
  })

  it('flap: every second call fails', async ({ expect }) => {
    await behave({ mode: 'flap', status: 502, failEvery: 2 })
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) statuses.push((await put('sub_9', { status: 'active' })).status)
    expect(statuses).toEqual([200, 502, 200, 502, 200, 502])
  })

  it('slow: acts at once and answers late, so that who gave up cannot know', async ({ expect }) => {
    await behave({ mode: 'slow', delayMs: 1_500 })
    await expect(put('sub_10', { status: 'active' }, { 'idempotency-key': 'job_5' }, 700)).rejects.toThrow('no answer in time')
    expect(await (await look('sub_10')).json()).toMatchObject({ status: 'active' })
    const startedAt = performance.now()
    expect((await put('sub_10', { status: 'active' }, { 'idempotency-key': 'job_5' })).status).toBe(200)
    expect(performance.now() - startedAt).toBeGreaterThan(1_400)
    expect((await calls()).map(({ effect }) => effect)).toEqual(['applied', 'replayed'])
  })

  it('hang: never answers, has no effect, and is seen in the calls', async ({ expect }) => {
    await behave({ mode: 'hang' })
    await expect(put('sub_11', { status: 'active' }, {}, 700)).rejects.toThrow('no answer in time')
    expect((await look('sub_11')).status).toBe(404)
    expect(await calls()).toMatchObject([{ method: 'PUT', path: '/subscriptions/sub_11', effect: 'none', status: null }])
  })

  for (const wrong of [{}, { mode: 'broken' }, { mode: 'status', status: 42 }, { mode: 'slow', delayMs: -1 }, 'ok']) {
    it(`refuses ${JSON.stringify(wrong)} and stays as it is`, async ({ expect }) => {
      const answer = await behave(wrong)
      expect(answer.status).toBe(400)
      expect((await answer.text()).length).toBeGreaterThan(0)
      expect(await (await stack.ask('billing', '/behaviour')).json()).toMatchObject({ mode: 'ok' })
    })
  }
})

it('echoes what it is sent', async ({ expect }) => {
  const answer = await stack.ask('billing', '/echo', { method: 'POST', headers: credential, body: '{"a":[1]}' })
  expect(await answer.json()).toEqual({ a: [1] })
})

it('lists calls in order with exactly the fields that scripts rely on', async ({ expect }) => {
  await put('sub_a', { status: 'active' }, { 'idempotency-key': 'k' })
  await put('sub_b', { status: 'active' })
  const list = await calls()
  expect(list.map(({ path }) => path)).toEqual(['/subscriptions/sub_a', '/subscriptions/sub_b'])
  for (const call of list) {
    expect(Object.keys(call).sort()).toEqual(['at', 'effect', 'idempotencyKey', 'method', 'path', 'status'])
    expect(new Date(call.at).toISOString()).toBe(call.at)
  }
})
