import { describe, it } from 'vitest'
import { answered, FakeClock, testCall, testContext, testPolicy } from '../testing/policy-context.ts'
import { cutOff } from './cut-off.ts'
import { runExecutePipeline, runPipeline } from './pipeline.ts'
import type { Call, CallEnd, PolicyContext } from './types.ts'

const HEDGED = { hedge: { delayMs: 200, max: 2 } }

/** An upstream whose calls end when the test says so, and when their signal is aborted. */
function setUp(changes: Partial<PolicyContext> = {}, policy: Parameters<typeof testPolicy>[0] = HEDGED) {
  const clock = new FakeClock()
  const settled: string[] = []
  const breaker = { enter: async () => ({ allowed: true as const, settle: (result: string) => void settled.push(result) }) }
  const ctx = testContext(clock, { lease: null, breaker, policy: testPolicy(policy), ...changes })
  const calls: { end(end: CallEnd): void; fail(error: Error): void; signal: AbortSignal }[] = []
  const call = ({ signal, attemptMs }: PolicyContext) =>
    new Promise<Call>((resolve, reject) => {
      const end = (how: CallEnd) => resolve(testCall(how))
      signal.addEventListener('abort', () => end(cutOff(signal, attemptMs)))
      calls.push({ end, fail: reject, signal })
    })
  const advance = async (ms: number) => {
    await flush()
    clock.advance(ms)
    await flush()
  }
  return { clock, ctx, calls, settled, advance, run: () => runExecutePipeline(ctx, call), runJob: () => runPipeline(ctx, call) }
}

const flush = () => new Promise((resolve) => setTimeout(resolve))
const once = { retry: { ...testPolicy().retry, maxAttempts: 1 } }

describe('a hedged call', () => {
  it('is made when the first is slow; the first success wins, and the others are given up', async ({ expect }) => {
    const { clock, ctx, calls, settled, advance, run } = setUp()
    const running = run()
    await advance(199)
    expect(calls).toHaveLength(1)
    await advance(1)
    expect(calls).toHaveLength(2)
    calls[1]?.end(answered(200))
    expect(await running).toMatchObject({ kind: 'succeeded', attempts: 1, call: { end: answered(200) } })
    expect(calls[0]?.signal.aborted).toBe(true)
    expect(settled).toEqual(['success', 'unused'])
    expect(ctx.events).toEqual([{ type: 'call.hedged', data: { hedges: 1, delayMs: 200 } }])
    expect(clock.pending).toBe(0)
  })

  it('is made at most so often, and the first may still win', async ({ expect }) => {
    const { ctx, calls, advance, runJob } = setUp({ lease: { until: 1_020_000, attemptMs: 5_000 } })
    const running = runJob()
    for (let times = 0; times < 5; times++) await advance(200)
    expect(calls).toHaveLength(3)
    calls[0]?.end(answered(204))
    expect(await running).toMatchObject({ kind: 'succeeded', call: { end: answered(204) } })
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, true, true])
    expect(ctx.events).toEqual([{ type: 'call.hedged', data: { hedges: 2, delayMs: 200 } }])
  })

  it('is none where a second call may change something, or when the first ended in time', async ({ expect }) => {
    const changing = setUp({ idempotent: false })
    const running = changing.run()
    await changing.advance(1_000)
    expect(changing.calls).toHaveLength(1)
    changing.calls[0]?.end(answered(200))
    await running
    const failing = setUp({}, { ...HEDGED, ...once })
    const failed = failing.run()
    await flush()
    failing.calls[0]?.end(answered(500))
    expect(await failed).toMatchObject({ kind: 'dead', attempts: 1 })
    expect([changing.ctx.events, failing.ctx.events]).toEqual([[], []])
    expect(failing.clock.pending).toBe(0)
  })

  it('outlives a failure that is worth a retry, not an answer that every call would get', async ({ expect }) => {
    const { calls, advance, run } = setUp()
    const running = run()
    await advance(200)
    calls[0]?.end(answered(503))
    await flush()
    calls[1]?.end(answered(201))
    expect(await running).toMatchObject({ kind: 'succeeded', call: { end: answered(201) } })
    const rejecting = setUp()
    const rejected = rejecting.run()
    await rejecting.advance(200)
    rejecting.calls[0]?.end(answered(422))
    expect(await rejected).toMatchObject({ kind: 'dead', class: 'upstream_rejected', call: { end: answered(422) } })
    expect(rejecting.calls[1]?.signal.aborted).toBe(true)
  })

  it('is told when one was sent and one could not be: whether the upstream acted is unknown', async ({ expect }) => {
    const { calls, advance, runJob } = setUp({}, { hedge: { delayMs: 200, max: 1 }, ...once })
    const running = runJob()
    await advance(200)
    calls[0]?.end({ kind: 'config', error: 'the address is refused' })
    await advance(5_000)
    calls[1]?.end({ kind: 'timeout', afterMs: 5_000 })
    expect(await running).toMatchObject({ kind: 'dead', call: { end: { kind: 'timeout' } } })
  })

  it('ends with the first call when all failed', async ({ expect }) => {
    const { calls, advance, run } = setUp({}, { ...HEDGED, ...once })
    const running = run()
    await advance(200)
    calls[1]?.end(answered(502))
    await flush()
    calls[0]?.end(answered(500))
    expect(await running).toMatchObject({ kind: 'dead', call: { end: answered(500) } })
  })
})

describe('what a hedge must not do', () => {
  it('fail the first call: what refuses it or breaks it is forgotten, and it is tried no more', async ({ expect }) => {
    let entered = 0
    const breaker = {
      enter: async () =>
        entered++ ? { allowed: false as const, retryAfterMs: 900 } : { allowed: true as const, settle: () => undefined },
    }
    const refused = setUp({ breaker })
    const running = refused.run()
    for (let times = 0; times < 4; times++) await refused.advance(200)
    expect(entered).toBe(2)
    refused.calls[0]?.end(answered(200))
    expect(await running).toMatchObject({ kind: 'succeeded' })
    expect(refused.ctx.events).toEqual([])
    const broken = setUp()
    const going = broken.run()
    await broken.advance(200)
    broken.calls[1]?.fail(new Error('bug'))
    await flush()
    broken.calls[0]?.end(answered(200))
    expect(await going).toMatchObject({ kind: 'succeeded' })
  })

  it('hide that something of our own broke when no call was made', async ({ expect }) => {
    const { calls, run } = setUp()
    const running = run()
    await flush()
    calls[0]?.fail(new Error('bug'))
    await expect(running).rejects.toThrow('bug')
  })

  it('cost more than the retry budget has, or keep what it did not use', async ({ expect }) => {
    const budget = { ratio: 0.2, minPerSecond: 10 }
    const book: string[] = []
    const retryBudget = {
      deposit: () => void book.push('deposit'),
      withdraw: () => (book.push('withdraw'), book.length < 2),
      giveBack: () => void book.push('give back'),
    }
    const policy = { ...HEDGED, retry: { ...testPolicy().retry, budget } }
    const { calls, advance, run } = setUp({ retryBudget }, policy)
    const running = run()
    for (let times = 0; times < 4; times++) await advance(200)
    expect(calls).toHaveLength(2)
    calls[0]?.end(answered(200))
    await running
    expect(book).toEqual(['withdraw', 'withdraw', 'deposit'])
  })

  it('outlive the caller', async ({ expect }) => {
    const caller = new AbortController()
    const { clock, calls, advance, run } = setUp({ signal: caller.signal })
    const running = run()
    await advance(200)
    caller.abort(new Error('the caller went away'))
    expect(await running).toMatchObject({ kind: 'dead', call: { end: { kind: 'aborted', reason: 'the caller went away' } } })
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect(clock.pending).toBe(0)
  })
})
