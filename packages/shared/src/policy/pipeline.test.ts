import { describe, it } from 'vitest'
import { answered, FakeClock, testCall, testContext, testPolicy } from '../testing/policy-context.ts'
import { cutOff } from './cut-off.ts'
import { outcomeEvent } from './outcome-event.ts'
import { JOB_PIPELINE, runPipeline } from './pipeline.ts'
import type { Call, CallEnd, PolicyContext } from './types.ts'

const connector = (end: CallEnd) => async () => testCall(end)
const NETWORK: CallEnd = { kind: 'network', error: 'connection refused' }

describe('the policy pipeline', () => {
  it('has this order, outermost first', ({ expect }) => {
    expect(JOB_PIPELINE.map((step) => step.name)).toEqual([
      'total deadline',
      'retry',
      'pause',
      'hedge',
      'rate limit',
      'circuit breaker',
      'attempt timeout',
    ])
  })

  it('asks in that order, and calls once', async ({ expect }) => {
    const order: string[] = []
    const clock = new FakeClock()
    const outcome = await runPipeline(
      testContext(clock, {
        policy: testPolicy({ rateLimit: { limit: 1, perMs: 1_000, burst: 1, key: null, onUnavailable: 'failClosed' } }),
        rateLimit: { enter: async () => (order.push('rate limit'), { allowed: true, release: () => undefined }) },
        breaker: { enter: async () => (order.push('breaker'), { allowed: true, settle: (result) => void order.push(result) }) },
        timer: (ms) => (order.push(`timer ${ms}`), () => void order.push('timer cancelled')),
      }),
      async () => (order.push('call'), testCall(answered(200))),
    )
    expect(outcome.kind).toBe('succeeded')
    expect(order).toEqual(['rate limit', 'breaker', 'timer 5000', 'call', 'timer cancelled', 'success'])
  })
})

describe('retries', () => {
  it('decide each attempt by caps that grow, jitter inside them, and die after the last', async ({ expect }) => {
    const clock = new FakeClock()
    const delays: [number, number][] = []
    for (let attempts = 0; attempts < 3; attempts++) {
      const ctx = testContext(clock, { job: { attempts, firstStartedAt: clock.now(), deferredByBreaker: false } })
      const outcome = await runPipeline(ctx, connector(answered(500)))
      if (outcome.kind !== 'retry') throw new Error(outcome.kind)
      expect(outcome.attempt).toBe(attempts + 1)
      delays.push([outcome.delayMs, outcome.capMs])
    }
    expect(delays).toEqual([
      [1_000, 1_000],
      [2_000, 2_000],
      [3_000, 4_000],
    ])
    const last = testContext(clock, { job: { attempts: 3, firstStartedAt: clock.now(), deferredByBreaker: false } })
    const outcome = await runPipeline(last, connector(answered(500)))
    expect(outcome).toMatchObject({ kind: 'dead', class: 'upstream_failed', call: { end: answered(500) } })
    expect(outcomeEvent(outcome)).toEqual({
      type: 'job.dead',
      data: { class: 'upstream_failed', error: 'the upstream answered 500; that was attempt 4 of 4' },
    })
  })

  it('end at once on what nobody said to repeat', async ({ expect }) => {
    const ctx = testContext(new FakeClock())
    expect(await runPipeline(ctx, connector(answered(422)))).toMatchObject({ kind: 'dead', class: 'upstream_rejected' })
    expect(await runPipeline(ctx, connector(answered(410)))).toMatchObject({ kind: 'dead', class: 'upstream_rejected' })
    expect(await runPipeline(ctx, connector(answered(302)))).toMatchObject({ kind: 'dead', class: 'upstream_rejected' })
    const missing: CallEnd = { kind: 'config', error: 'no such secret' }
    expect(await runPipeline(ctx, connector(missing))).toMatchObject({
      kind: 'dead',
      class: 'config_error',
      error: 'no such secret',
    })
  })

  it('honour Retry-After', async ({ expect }) => {
    const outcome = await runPipeline(testContext(new FakeClock()), connector(answered(429, '3')))
    expect(outcome).toMatchObject({ kind: 'retry', delayMs: 3_000, capMs: 3_000 })
    expect(outcomeEvent(outcome)).toEqual({
      type: 'job.retrying',
      data: { attempt: 1, delayMs: 3_000, capMs: 3_000, reason: 'the upstream answered 429' },
    })
  })
})

describe('the total deadline', () => {
  const late = (clock: FakeClock, deferredByBreaker = false) => ({
    policy: testPolicy({ timeout: { perAttemptMs: 5_000, totalMs: 60_000 } }),
    job: { attempts: 1, firstStartedAt: clock.now() - 60_000, deferredByBreaker },
  })

  it('kills without another call, by what the job last waited for', async ({ expect }) => {
    const clock = new FakeClock()
    let calls = 0
    const call = async () => (calls++, testCall(answered(200)))
    expect(await runPipeline(testContext(clock, late(clock)), call)).toMatchObject({ kind: 'dead', class: 'timeout', call: null })
    expect(await runPipeline(testContext(clock, late(clock, true)), call)).toMatchObject({ kind: 'dead', class: 'breaker_open' })
    expect(calls).toBe(0)
  })

  it('begins no wait that would end past it', async ({ expect }) => {
    const clock = new FakeClock()
    const nearly = { ...late(clock), job: { attempts: 1, firstStartedAt: clock.now() - 59_500, deferredByBreaker: false } }
    expect(await runPipeline(testContext(clock, nearly), connector(NETWORK))).toMatchObject({
      kind: 'dead',
      class: 'upstream_failed',
      call: { end: NETWORK },
    })
    const open = { enter: async () => ({ allowed: false as const, retryAfterMs: 1_000 }) }
    expect(await runPipeline(testContext(clock, { ...nearly, breaker: open }), connector(NETWORK))).toMatchObject({
      kind: 'dead',
      class: 'breaker_open',
      call: null,
    })
  })

  it('shortens the last attempt to what is left', async ({ expect }) => {
    const clock = new FakeClock()
    const seen: number[] = []
    const nearly = { ...late(clock), job: { attempts: 0, firstStartedAt: clock.now() - 59_000, deferredByBreaker: false } }
    await runPipeline(testContext(clock, nearly), async (ctx) => (seen.push(ctx.attemptMs), testCall(answered(200))))
    expect(seen).toEqual([1_000])
  })
})

describe('what costs no attempt', () => {
  const never = async (): Promise<Call> => {
    throw new Error('must not be called')
  }

  it('is held while an operator paused what it needs', async ({ expect }) => {
    const outcome = await runPipeline(testContext(new FakeClock(), { pausedBy: { kind: 'connector', id: 'billing' } }), never)
    expect(outcome).toEqual({ kind: 'held', by: { kind: 'connector', id: 'billing' } })
    expect(outcomeEvent(outcome)).toEqual({ type: 'job.held', data: { kind: 'connector', id: 'billing' } })
  })

  it('is put off by the rate limit, before the breaker is asked', async ({ expect }) => {
    const ctx = testContext(new FakeClock(), {
      policy: testPolicy({ rateLimit: { limit: 1, perMs: 1_000, burst: 0, key: null, onUnavailable: 'failClosed' } }),
      rateLimit: { enter: async () => ({ allowed: false, by: 'rate_limit', retryAfterMs: 700 }) },
      breaker: { enter: async () => Promise.reject(new Error('must not be asked')) },
    })
    const outcome = await runPipeline(ctx, never)
    expect(outcome).toEqual({ kind: 'refused', by: 'rate_limit', retryAfterMs: 2_000 })
    expect(outcomeEvent(outcome)).toEqual({ type: 'job.deferred', data: { reason: 'rate_limit', retryAfterMs: 2_000 } })
  })

  it('is put off by an open breaker, longer when it has waited long', async ({ expect }) => {
    const clock = new FakeClock()
    const breaker = { enter: async () => ({ allowed: false as const, retryAfterMs: 5_000 }) }
    expect(await runPipeline(testContext(clock, { breaker }), never)).toEqual({
      kind: 'refused',
      by: 'circuit_breaker',
      retryAfterMs: 7_000,
    })
    const job = { attempts: 1, firstStartedAt: clock.now() - 3_600_000, deferredByBreaker: true }
    expect(await runPipeline(testContext(clock, { breaker, job }), never)).toMatchObject({ retryAfterMs: 153_000 })
  })

  it('is not begun when the lease would end first, and gives the breaker its permit back', async ({ expect }) => {
    const clock = new FakeClock()
    const settled: string[] = []
    const outcome = await runPipeline(
      testContext(clock, {
        lease: { until: clock.now() + 9_000, attemptMs: 5_000 },
        breaker: { enter: async () => ({ allowed: true, settle: (result) => void settled.push(result) }) },
      }),
      never,
    )
    expect(outcome).toEqual({ kind: 'refused', by: 'lease', retryAfterMs: 0 })
    expect(settled).toEqual(['unused'])
  })
})

describe('the attempt timeout', () => {
  const hang = (clock: FakeClock) => (ctx: PolicyContext) =>
    new Promise<Call>((resolve) => {
      ctx.signal.addEventListener('abort', () => resolve(testCall(cutOff(ctx.signal, ctx.attemptMs))))
      clock.advance(4_999)
      if (!ctx.signal.aborted) clock.advance(1)
    })

  it('ends the attempt after its time, and counts it for the breaker', async ({ expect }) => {
    const clock = new FakeClock()
    const started = clock.now()
    const settled: string[] = []
    const breaker = { enter: async () => ({ allowed: true as const, settle: (result: string) => void settled.push(result) }) }
    const outcome = await runPipeline(testContext(clock, { breaker }), hang(clock))
    expect(outcome).toMatchObject({ kind: 'retry', deathClass: 'timeout', call: { end: { kind: 'timeout', afterMs: 5_000 } } })
    expect(clock.now() - started).toBe(5_000)
    expect(clock.pending).toBe(0)
    expect(settled).toEqual(['failure'])
  })

  it('never lets an attempt of an older, longer policy outlive the lease', async ({ expect }) => {
    const clock = new FakeClock()
    const seen: number[] = []
    const policy = testPolicy({ timeout: { perAttemptMs: 60_000, totalMs: 86_400_000 } })
    const call = async (ctx: PolicyContext) => (seen.push(ctx.attemptMs), testCall(answered(200)))
    expect(await runPipeline(testContext(clock, { policy }), call)).toMatchObject({ kind: 'succeeded' })
    expect(seen).toEqual([15_000])
  })

  it('gives the permit back when the connector itself breaks', async ({ expect }) => {
    const settled: string[] = []
    const clock = new FakeClock()
    const breaker = { enter: async () => ({ allowed: true as const, settle: (result: string) => void settled.push(result) }) }
    await expect(runPipeline(testContext(clock, { breaker }), async () => Promise.reject(new Error('bug')))).rejects.toThrow(
      'bug',
    )
    expect(settled).toEqual(['unused'])
    expect(clock.pending).toBe(0)
  })
})
