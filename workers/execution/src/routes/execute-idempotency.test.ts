import { describe, it } from 'vitest'
import { type Asked, executeStack, QUICK_RETRY } from '../testing/execute.ts'
import { env } from '../testing/stack.ts'
import { sha256Hex } from '@orchestrator/shared/core/bytes'

type Stack = Awaited<ReturnType<typeof executeStack>>
const keyed = (one: Stack, key = 'k-1', body: unknown = one.call, headers: Record<string, string> = {}) =>
  one.ask(body, { 'idempotency-key': key, ...headers })
const once = { retry: { ...QUICK_RETRY, maxAttempts: 1 } }
const isReplayed = ({ headers }: Asked) => headers.get('idempotent-replayed')

/** The row of a key. */
const rowOf = (one: Stack) =>
  env.DATA_00.prepare('SELECT state, owner, answer, locked_until AS lockedUntil FROM idempotency_keys WHERE client = ?')
    .bind(one.client.id)
    .first<{ state: string; owner: string; answer: string | null; lockedUntil: number }>()

describe('a request with an Idempotency-Key', () => {
  it('is done once, and its answer is given again, byte for byte', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({ status: 200, body: '{"paid":true}', headers: { 'content-type': 'application/json' } }, { status: 500 })
    const first = await keyed(one)
    const second = await keyed(one, '"k-1"', { input: one.call.input, operation: 'echo', connector: one.name, timeoutMs: 30_000 })
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.text).toBe(first.text)
    expect([isReplayed(first), isReplayed(second)]).toEqual([null, 'true'])
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
    const [call, ...more] = await one.calls()
    expect(more).toEqual([])
    expect(call?.headers['idempotency-key']).toBe(await sha256Hex(`${one.client.id}\nk-1`))
  })

  it('must have the same body, and the same form of answer: 422', async ({ expect }) => {
    const one = await executeStack()
    await keyed(one)
    const other = await keyed(one, 'k-1', { ...one.call, input: { id: 'sub_2' } })
    const raw = await keyed(one, 'k-1', one.call, { accept: 'application/octet-stream' })
    expect([other, raw].map(({ status, json }) => `${status} ${json.code}`)).toEqual(Array(2).fill('422 idempotency_key_reused'))
    expect(await one.calls()).toHaveLength(1)
  })

  it('keeps the answer of an upstream that failed', async ({ expect }) => {
    const one = await executeStack({ policy: once })
    await one.answers({ status: 402, body: '"no money"' }, { status: 200 })
    const first = await keyed(one)
    const second = await keyed(one)
    expect([first.status, second.status, isReplayed(second)]).toEqual([502, 502, 'true'])
    expect(second.text).toBe(first.text)
    expect(second.json.requestId).toBe(first.headers.get('x-request-id'))
    expect(await one.calls()).toHaveLength(1)
  })

  it('keeps it that the outcome is unknown, and never calls again', async ({ expect }) => {
    const one = await executeStack({ policy: once })
    await one.answers({ status: 200, mode: 'hang' }, { status: 200 })
    const body = { ...one.call, timeoutMs: 100 }
    const first = await keyed(one, 'k-1', body)
    const second = await keyed(one, 'k-1', body)
    expect([first.status, second.status, second.text === first.text]).toEqual([504, 504, true])
    expect(second.json.outcome).toBe('unknown')
    expect(await one.calls()).toHaveLength(1)
  })

  it('gives the key back where nothing was called', async ({ expect }) => {
    const limit = { limit: 1, perMs: 1_000, burst: 1, key: null, onUnavailable: 'failClosed' as const }
    const limited = await executeStack({ policy: { rateLimit: limit } })
    await limited.ask()
    const refused = await keyed(limited)
    expect([refused.status, await rowOf(limited)]).toEqual([429, null])
    const misconfigured = await executeStack({ connector: { auth: { kind: 'bearer', secret: 'nothing' } } })
    expect([(await keyed(misconfigured)).status, await rowOf(misconfigured)]).toEqual([503, null])
    const paused = await executeStack({ config: (name) => ({ pauses: [{ kind: 'connector', id: name }] }) })
    expect([(await keyed(paused)).status, await rowOf(paused)]).toEqual([503, null])
  })

  it('whose first request was lost is answered that nobody knows, and is not called', async ({ expect }) => {
    const one = await executeStack()
    await keyed(one)
    await env.DATA_00.prepare(`UPDATE idempotency_keys SET state = 'running', answer = NULL, locked_until = ? WHERE client = ?`)
      .bind(Date.now() - 1, one.client.id)
      .run()
    const answers = [await keyed(one), await keyed(one)]
    expect(answers.map(({ status, json }) => `${status} ${json.outcome}`)).toEqual(Array(2).fill('504 unknown'))
    expect(answers.map(isReplayed)).toEqual(['true', 'true'])
    expect(answers[1]?.text).toBe(answers[0]?.text)
    expect(await one.calls()).toHaveLength(1)
  })

  it('keeps long answers in R2, and gives them again', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'ö'.repeat(100_000) })
    const first = await keyed(one)
    const second = await keyed(one)
    expect(first.json.body).toHaveLength(100_000)
    expect([second.text === first.text, isReplayed(second)]).toEqual([true, 'true'])
    const row = await rowOf(one)
    expect(JSON.parse(row?.answer ?? '')).toMatchObject({ body: { kind: 'r2', key: `idempotency/${first.json.requestId}` } })
  })

  it('tells that it was done where R2 does not keep a long answer', async ({ expect }) => {
    const { PAYLOADS } = env
    const down = { get: (key: string) => PAYLOADS.get(key), put: () => Promise.reject(new Error('R2 is down')) }
    const one = await executeStack({ env: { PAYLOADS: down } })
    await one.answers({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(100_000) })
    expect((await keyed(one)).json.body).toHaveLength(100_000)
    const again = await keyed(one)
    expect(again.json).toMatchObject({ status: 409, code: 'answer_not_kept', outcome: 'done', upstreamStatus: 200 })
    expect(await one.calls()).toHaveLength(1)
  })

  it('is required where the policy says so', async ({ expect }) => {
    const one = await executeStack({ policy: { idempotency: { required: true, ttlMs: 86_400_000, keyPer: 'job' } } })
    const answer = await one.ask()
    expect([answer.status, answer.json.code]).toEqual([400, 'idempotency_key_missing'])
    expect((await keyed(one)).status).toBe(200)
  })

  it('belongs to its client alone', async ({ expect }) => {
    const one = await executeStack()
    await keyed(one, 'shared')
    const two = await executeStack()
    const other = await keyed(two, 'shared')
    expect([other.status, isReplayed(other)]).toEqual([200, null])
  })
})

describe('500 requests with one key', () => {
  it('make one call; the others get its answer or 409, and afterwards all get the answer', async ({ expect }) => {
    const one = await executeStack()
    await one.ask()
    const headers = { 'content-type': 'application/json' }
    await one.answers({ status: 200, mode: 'late', delayMs: 300, body: '{"paid":true}', headers }, { status: 500 })
    const together = await Promise.all(Array.from({ length: 500 }, () => keyed(one)))
    expect(await one.calls()).toHaveLength(2)
    const owned = together.filter((answer) => answer.status === 200 && isReplayed(answer) === null)
    expect(owned).toHaveLength(1)
    const waiting = together.filter(({ status }) => status === 409)
    const replays = together.filter((answer) => isReplayed(answer) === 'true')
    expect(waiting.length + replays.length).toBe(499)
    expect(
      waiting.every(({ json, headers }) => json.code === 'idempotency_in_flight' && headers.get('retry-after') === '1'),
    ).toBe(true)
    const afterwards = await Promise.all(Array.from({ length: 500 }, () => keyed(one)))
    const different = [...replays, ...afterwards].filter((answer) => answer.status !== 200 || answer.text !== owned[0]?.text)
    expect(different).toEqual([])
    expect(afterwards.filter((answer) => isReplayed(answer) !== 'true')).toEqual([])
    expect(await one.calls()).toHaveLength(2)
  }, 20_000)
})
