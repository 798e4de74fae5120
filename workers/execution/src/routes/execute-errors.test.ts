import { describe, it } from 'vitest'
import { executeStack, QUICK_RETRY } from '../testing/execute.ts'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'

const { circuitBreaker } = testPolicy()
const unlimited = { key: null, onUnavailable: 'failClosed' as const }

describe('a call that fails', () => {
  it('is repeated within the policy, and the last answer is told', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({ status: 500 }, { status: 503, body: '{"error":"busy"}' })
    const answer = await one.ask()
    expect(answer.status).toBe(502)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({
      code: 'upstream_failed',
      outcome: 'failed',
      attempts: 3,
      upstreamStatus: 503,
      upstreamBody: { error: 'busy' },
      detail: 'The upstream answered 503; that was attempt 3 of 3.',
    })
    const keys = (await one.calls()).map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual(Array(3).fill(answer.json.requestId))
  })

  it('gets another key of the upstream after each failure it answered, where the policy says so', async ({ expect }) => {
    const one = await executeStack({ policy: { idempotency: { required: false, ttlMs: 86_400_000, keyPer: 'attempt' } } })
    await one.answers({ status: 500 }, { status: 200 })
    const { requestId } = (await one.ask()).json
    const keys = (await one.calls()).map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual([requestId, `${requestId}-2`])
  })

  it('is not repeated where the wait would pass the deadline: the caller is told when to come back', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({ status: 429, headers: { 'retry-after': '30' } })
    const answer = await one.ask({ ...one.call, timeoutMs: 5_000 })
    expect(answer.json).toMatchObject({ status: 502, attempts: 1, upstreamStatus: 429 })
    expect(answer.headers.get('retry-after')).toBe('30')
  })

  it('without an answer in time is unknown: 504', async ({ expect }) => {
    const one = await executeStack({ policy: { retry: { ...QUICK_RETRY, maxAttempts: 1 } } })
    await one.answers({ status: 200, mode: 'hang' })
    const answer = await one.ask({ ...one.call, timeoutMs: 100 })
    expect(answer.status).toBe(504)
    expect(answer.json).toMatchObject({ code: 'deadline_exceeded', outcome: 'unknown', attempts: 1 })
    expect(answer.json.detail).toMatch(/^No answer within \d+ ms; whether the upstream acted is unknown/)
  })

  it('is unknown where an attempt before got no answer, whatever the last one was told', async ({ expect }) => {
    const one = await executeStack({ policy: { timeout: { perAttemptMs: 100, totalMs: 60_000 } } })
    await one.answers({ status: 200, mode: 'hang' }, { status: 503, body: '"busy"' })
    const { json } = await one.ask()
    expect(json).toMatchObject({ code: 'upstream_failed', outcome: 'unknown', attempts: 3, upstreamStatus: 503 })
    expect(json.detail).toBe(
      'The upstream answered 503; that was attempt 3 of 3. Another attempt got no answer: whether the upstream acted is unknown.',
    )
  })

  it('is told by its answer, not by the hedge that was given up for it', async ({ expect }) => {
    const one = await executeStack({ policy: { hedge: { delayMs: 30, max: 1 } }, operation: { idempotent: true } })
    await one.answers({ status: 422, mode: 'late', delayMs: 200, body: '"no"' }, { status: 200, mode: 'hang' })
    const { json } = await one.ask()
    expect(await one.calls()).toHaveLength(2)
    expect(json).toMatchObject({
      status: 502,
      code: 'upstream_failed',
      outcome: 'failed',
      upstreamStatus: 422,
      upstreamBody: 'no',
    })
  })
})

describe('a call that is not made', () => {
  it('is refused at once while the breaker is open', async ({ expect }) => {
    const one = await executeStack({
      policy: { circuitBreaker: { ...circuitBreaker!, minCalls: 2 }, retry: { ...QUICK_RETRY, maxAttempts: 1 } },
    })
    await one.answers({ status: 500 })
    await one.ask()
    await one.ask()
    const answer = await one.ask()
    expect([answer.status, answer.json.code, answer.json.outcome]).toEqual([503, 'circuit_open', 'not_called'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await one.calls()).toHaveLength(2)
  })

  it('is refused when an operator forces the breaker open', async ({ expect }) => {
    const one = await executeStack({
      policy: { circuitBreaker },
      config: (name) => ({ breakerOverrides: [{ connector: name, state: 'open' }] }),
    })
    expect((await one.ask()).json.code).toBe('circuit_open')
    expect(await one.calls()).toEqual([])
  })

  it('is limited, and told how the limit stands, as every answer is', async ({ expect }) => {
    const one = await executeStack({ policy: { rateLimit: { limit: 1, perMs: 3_600_000, burst: 1, ...unlimited } } })
    const first = await one.ask()
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([200, '"connector";q=1;w=3600'])
    const second = await one.ask()
    expect([second.status, second.json.code, second.json.outcome]).toEqual([429, 'rate_limited', 'not_called'])
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(60)
    expect(second.headers.get('ratelimit')).toMatch(/^"connector";r=0;t=\d+$/)
    expect(await one.calls()).toHaveLength(1)
  })

  it('is refused while its connector is paused', async ({ expect }) => {
    const one = await executeStack({ config: (name) => ({ pauses: [{ kind: 'connector', id: name }] }) })
    const answer = await one.ask()
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([503, 'connector_paused', '30'])
    expect(await one.calls()).toEqual([])
  })

  it('is refused when its configuration does not allow it', async ({ expect }) => {
    const cases = [
      { connector: { auth: { kind: 'bearer' as const, secret: 'nothing' } }, says: 'the secret “nothing” has no value' },
      { connector: { baseUrl: 'http://169.254.169.254' }, says: 'the address of connector' },
      { operation: { body: 'nothing.here' }, says: 'the body mapping of the operation matches nothing' },
      { operation: { policy: 'nothing' }, says: 'has no policy “nothing”' },
    ]
    for (const { says, ...options } of cases) {
      const one = await executeStack(options)
      const answer = await one.ask()
      expect([answer.status, answer.json.code]).toEqual([503, 'connector_misconfigured'])
      expect(answer.json.detail).toContain(says)
    }
  })

  it('is not made when DATA is away and it has a key; without a key it is', async ({ expect }) => {
    const one = await executeStack({
      env: { DATA_00: { prepare: () => ({ bind: () => ({}) }), batch: () => Promise.reject(new Error('D1 is down')) } },
    })
    const keyed = await one.ask(one.call, { 'idempotency-key': 'k' })
    expect([keyed.status, keyed.json.code, keyed.json.outcome]).toEqual([503, 'unavailable', 'not_called'])
    expect(await one.calls()).toEqual([])
    expect((await one.ask()).status).toBe(200)
  })
})
