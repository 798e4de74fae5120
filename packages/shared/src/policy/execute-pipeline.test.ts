import { describe, it } from 'vitest'
import { answered, FakeClock, testCall, testContext, testPolicy } from '../testing/policy-context.ts'
import { EXECUTE_PIPELINE, runExecutePipeline } from './pipeline.ts'
import { cutOff } from './cut-off.ts'
import type { Call, CallEnd, PolicyContext } from './types.ts'

/** The upstream answers these in turn, the last one for ever; every wait is over at once, on a clock that moved by it. */
function setUp(ends: CallEnd[], changes: Partial<PolicyContext> = {}) {
  const clock = new FakeClock()
  const waits: number[] = []
  const seen: { attempts: number; answeredFailures: number | undefined; at: number }[] = []
  const started = clock.now()
  const ctx = testContext(clock, {
    lease: null,
    deadlineAt: started + 30_000,
    timer(ms, callback) {
      if (ms === 5_000) return () => undefined
      waits.push(ms)
      queueMicrotask(() => {
        clock.advance(ms)
        callback()
      })
      return () => undefined
    },
    ...changes,
  })
  const call = async ({ job }: PolicyContext) => {
    seen.push({ attempts: job.attempts, answeredFailures: job.answeredFailures, at: clock.now() - started })
    return testCall(ends[Math.min(seen.length, ends.length) - 1] ?? answered(200))
  }
  return { clock, ctx, waits, seen, run: () => runExecutePipeline(ctx, call) }
}

describe('the pipeline of /execute', () => {
  it('has this order, outermost first', ({ expect }) => {
    expect(EXECUTE_PIPELINE.map((step) => step.name)).toEqual([
      'total deadline',
      'retry',
      'pause',
      'hedge',
      'rate limit',
      'circuit breaker',
      'attempt timeout',
    ])
  })

  it('repeats inside the deadline, to the millisecond, and counts attempts', async ({ expect }) => {
    const { run, waits, seen } = setUp([answered(503), { kind: 'network', error: 'refused' }, answered(200)])
    expect(await run()).toMatchObject({ kind: 'succeeded', attempts: 3, call: { end: answered(200) } })
    expect(waits).toEqual([750, 1_500])
    expect(seen).toEqual([
      { attempts: 0, answeredFailures: 0, at: 0 },
      { attempts: 1, answeredFailures: 1, at: 750 },
      { attempts: 2, answeredFailures: 1, at: 2_250 },
    ])
  })

  it('ends with the last call after the last attempt, and at once with what nobody repeats', async ({ expect }) => {
    expect(await setUp([answered(500), answered(502)]).run()).toMatchObject({
      kind: 'dead',
      class: 'upstream_failed',
      error: 'the upstream answered 502; that was attempt 4 of 4',
      call: { end: answered(502) },
      attempts: 4,
    })
    expect(await setUp([answered(422)]).run()).toMatchObject({ kind: 'dead', class: 'upstream_rejected', attempts: 1 })
  })

  it('waits for no retry that would begin at the deadline or later, and says when it is due', async ({ expect }) => {
    const { run, waits } = setUp([answered(503, '30')])
    const outcome = await run()
    expect(outcome).toMatchObject({ kind: 'dead', attempts: 1, retryAfterMs: 30_000, call: { end: answered(503, '30') } })
    expect(waits).toEqual([])
    expect(await setUp([answered(503, '29'), answered(200)]).run()).toMatchObject({ kind: 'succeeded', attempts: 2 })
  })

  it('takes the sooner of the deadlines of the caller and of the policy', async ({ expect }) => {
    const short = testPolicy({ timeout: { perAttemptMs: 5_000, totalMs: 1_000 } })
    const attemptMs: number[] = []
    const { ctx } = setUp([], { policy: short })
    await runExecutePipeline(ctx, async (inner) => (attemptMs.push(inner.attemptMs), testCall(answered(200))))
    expect(attemptMs).toEqual([1_000])
    const late = setUp([], { deadlineAt: 0 })
    expect(await late.run()).toMatchObject({ kind: 'dead', class: 'timeout', call: null, attempts: 0 })
  })

  it('makes no call when the gates took all the time', async ({ expect }) => {
    const clock = new FakeClock()
    const slow = { enter: async () => (clock.advance(1_000), { allowed: true as const, settle: () => undefined }) }
    const ctx = testContext(clock, { lease: null, deadlineAt: clock.now() + 1_000, breaker: slow })
    const outcome = await runExecutePipeline(ctx, async () => testCall(answered(200)))
    expect(outcome).toMatchObject({ kind: 'dead', class: 'timeout', call: null, attempts: 0 })
  })
})

describe('what keeps a call of /execute from being made', () => {
  const limit = { limit: 1, perMs: 1_000, remaining: 0, resetMs: 700 }
  const limited = { rateLimit: { limit: 1, perMs: 1_000, burst: 0, key: null, onUnavailable: 'failClosed' as const } }

  it('is the refusal itself before any call, with the wait that the gate told', async ({ expect }) => {
    const rateLimit = { enter: async () => ({ allowed: false as const, by: 'rate_limit' as const, retryAfterMs: 700, limit }) }
    const { run } = setUp([], { policy: testPolicy(limited), rateLimit, deadlineAt: 1_000_500 })
    expect(await run()).toEqual({ kind: 'refused', by: 'rate_limit', retryAfterMs: 700, limit, attempts: 0 })
    const breaker = { enter: async () => ({ allowed: false as const, retryAfterMs: 4_321 }) }
    expect(await setUp([], { breaker }).run()).toEqual({
      kind: 'refused',
      by: 'circuit_breaker',
      retryAfterMs: 4_321,
      attempts: 0,
    })
    const pausedBy = { kind: 'connector' as const, id: 'billing' }
    expect(await setUp([], { pausedBy }).run()).toEqual({ kind: 'held', by: pausedBy, attempts: 0 })
  })

  it('is the last failure after one', async ({ expect }) => {
    let asked = 0
    const breaker = {
      enter: async () =>
        asked++ ? { allowed: false as const, retryAfterMs: 4_000 } : { allowed: true as const, settle: () => undefined },
    }
    expect(await setUp([answered(500)], { breaker }).run()).toMatchObject({
      kind: 'dead',
      class: 'upstream_failed',
      error: 'the upstream answered 500; the retry was refused (circuit_breaker)',
      retryAfterMs: 4_000,
      attempts: 1,
    })
  })

  it('is thrown when it is ours and nothing was sent, else told beside the last failure', async ({ expect }) => {
    const bug = new Error('bug')
    const { ctx } = setUp([])
    await expect(runExecutePipeline(ctx, async () => Promise.reject(bug))).rejects.toThrow('bug')
    let calls = 0
    const outcome = await runExecutePipeline(ctx, async () => {
      if (calls++) throw bug
      return testCall(answered(500))
    })
    expect(outcome).toMatchObject({ kind: 'dead', call: { end: answered(500) }, ownError: bug, attempts: 1 })
  })
})

describe('a caller who goes away', () => {
  it('ends the wait for a retry at once', async ({ expect }) => {
    const clock = new FakeClock()
    const caller = new AbortController()
    const ctx = testContext(clock, { lease: null, signal: caller.signal })
    const running = runExecutePipeline(ctx, async () => testCall(answered(500)))
    await new Promise((resolve) => setTimeout(resolve))
    expect(clock.pending).toBe(1)
    caller.abort(new Error('the caller went away'))
    expect(await running).toMatchObject({ kind: 'dead', error: 'the upstream answered 500; the caller went away', attempts: 1 })
    expect(clock.pending).toBe(0)
  })

  it('ends the call that is out; that is no timeout of the upstream, and no retry follows', async ({ expect }) => {
    const clock = new FakeClock()
    const caller = new AbortController()
    const settled: string[] = []
    const breaker = { enter: async () => ({ allowed: true as const, settle: (result: string) => void settled.push(result) }) }
    const ctx = testContext(clock, { lease: null, signal: caller.signal, breaker })
    const running = runExecutePipeline(ctx, ({ signal, attemptMs }) => {
      return new Promise<Call>((resolve) => {
        signal.addEventListener('abort', () => resolve(testCall(cutOff(signal, attemptMs))))
      })
    })
    await Promise.resolve()
    caller.abort(new Error('the caller went away'))
    expect(await running).toMatchObject({
      kind: 'dead',
      call: { end: { kind: 'aborted', reason: 'the caller went away' } },
      attempts: 1,
    })
    expect(settled).toEqual(['unused'])
    expect(clock.pending).toBe(0)
  })
})
