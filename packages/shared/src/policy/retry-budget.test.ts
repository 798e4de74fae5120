import { describe, it } from 'vitest'
import { answered, FakeClock, testCall, testContext, testPolicy } from '../testing/policy-context.ts'
import { runExecutePipeline, runPipeline } from './pipeline.ts'
import type { CallEnd, PolicyContext } from './types.ts'

const policy = testPolicy({ retry: { ...testPolicy().retry, budget: { ratio: 0.2, minPerSecond: 1 } } })

/** A budget that allows so many retries, and the book it keeps. */
function budgetOf(retries: number) {
  const book: string[] = []
  let left = retries
  return {
    book,
    deposit: () => void book.push('deposit'),
    withdraw: () => (book.push('withdraw'), left-- > 0),
    giveBack: () => void book.push('give back'),
  }
}

const call = (end: CallEnd) => async () => testCall(end)
const at = (attempts: number, clock: FakeClock) => ({ attempts, firstStartedAt: clock.now(), deferredByBreaker: false })
const OPEN = { enter: async () => ({ allowed: false as const, retryAfterMs: 5_000 }) }

describe('the retry budget of a job', () => {
  const turn = async (attempts: number, retries: number, changes: Partial<PolicyContext> = {}) => {
    const clock = new FakeClock()
    const retryBudget = budgetOf(retries)
    const ctx = testContext(clock, { policy, retryBudget, job: at(attempts, clock), ...changes })
    return { outcome: await runPipeline(ctx, call(answered(500))), book: retryBudget.book }
  }

  it('is paid into by a first attempt, and pays for a later one when its turn comes', async ({ expect }) => {
    expect(await turn(0, 0)).toMatchObject({ outcome: { kind: 'retry', attempt: 1 }, book: ['deposit'] })
    expect(await turn(1, 1)).toMatchObject({ outcome: { kind: 'retry', attempt: 2 }, book: ['withdraw'] })
  })

  it('puts the job off when it is used up, which costs no attempt', async ({ expect }) => {
    expect(await turn(1, 0)).toEqual({
      outcome: { kind: 'refused', by: 'retry_budget', retryAfterMs: 2_000 },
      book: ['withdraw'],
    })
  })

  it('counts calls only: what a pause, a limit or the breaker holds back costs it nothing', async ({ expect }) => {
    expect(await turn(0, 0, { breaker: OPEN })).toMatchObject({ outcome: { by: 'circuit_breaker' }, book: [] })
    expect(await turn(1, 1, { breaker: OPEN })).toMatchObject({ book: ['withdraw', 'give back'] })
    const pausedBy = { kind: 'queue' as const, id: 'default' }
    expect(await turn(1, 1, { pausedBy })).toMatchObject({ outcome: { kind: 'held' }, book: ['withdraw', 'give back'] })
  })

  it('is not asked where the policy has none', async ({ expect }) => {
    expect(await turn(1, 0, { policy: testPolicy() })).toMatchObject({ outcome: { kind: 'retry' }, book: [] })
  })
})

describe('the retry budget of /execute', () => {
  const run = async (retries: number, changes: Partial<PolicyContext> = {}, end: CallEnd = answered(500)) => {
    const clock = new FakeClock()
    const retryBudget = budgetOf(retries)
    const timer = (ms: number, callback: () => void) => {
      if (ms !== 5_000) queueMicrotask(callback)
      return () => undefined
    }
    const ctx = testContext(clock, { policy, retryBudget, lease: null, timer, ...changes })
    return { outcome: await runExecutePipeline(ctx, call(end)), book: retryBudget.book, events: ctx.events }
  }

  it('makes the failure final when it is used up, and says so', async ({ expect }) => {
    const { outcome, book, events } = await run(1)
    expect(outcome).toMatchObject({
      kind: 'dead',
      class: 'upstream_failed',
      error: 'the upstream answered 500; retries have used up their share of the calls',
      attempts: 2,
    })
    expect(book).toEqual(['deposit', 'withdraw', 'withdraw'])
    expect(events).toEqual([{ type: 'retry.budget_exhausted', data: { attempt: 2, reason: 'the upstream answered 500' } }])
  })

  it('gets back what a retry did not use', async ({ expect }) => {
    let asked = 0
    const breaker = {
      enter: async () =>
        asked++ ? { allowed: false as const, retryAfterMs: 1 } : { allowed: true as const, settle: () => undefined },
    }
    expect((await run(9, { breaker })).book).toEqual(['deposit', 'withdraw', 'give back'])
    const caller = new AbortController()
    const timer = (ms: number) => {
      if (ms !== 5_000) queueMicrotask(() => caller.abort(new Error('gone')))
      return () => undefined
    }
    expect((await run(9, { timer, signal: caller.signal })).book).toEqual(['deposit', 'withdraw', 'give back'])
  })

  it('is not asked for a failure that nobody repeats', async ({ expect }) => {
    expect((await run(0, {}, answered(422))).book).toEqual(['deposit'])
  })
})
