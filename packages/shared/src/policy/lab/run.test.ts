import { describe, it } from 'vitest'
import { testPolicy } from '../../testing/policy-context.ts'
import { EventQueue } from './event-queue.ts'
import { runLab } from './run.ts'
import type { RecordedAttempt, RecordedCall } from './types.ts'

const T0 = 1_700_000_000_000

const ok = (at: number, durationMs = 50): RecordedAttempt => ({
  startedAt: T0 + at,
  durationMs,
  outcome: 'success',
  status: 200,
  failure: null,
})
const status = (at: number, code: number): RecordedAttempt => ({ ...ok(at), outcome: 'failure', status: code, failure: 'status' })
const timeout = (at: number, afterMs: number): RecordedAttempt => ({
  ...ok(at, afterMs),
  outcome: 'unknown',
  status: null,
  failure: 'timeout',
})

const callsOf = (...all: RecordedAttempt[][]): RecordedCall[] => all.map((attempts, i) => ({ id: `job_${i}`, attempts }))

function lab(calls: RecordedCall[], draft = testPolicy(), inForce: ReturnType<typeof testPolicy> | null = testPolicy()) {
  const attempts = calls.flatMap((call) => call.attempts)
  return runLab({ draft, inForce, calls, attempts })
}
const quiet = testPolicy({ circuitBreaker: null })
const retrying = (changes: Partial<typeof quiet.retry>) => ({
  ...quiet,
  retry: { ...quiet.retry, jitter: 'none' as const, ...changes },
})

describe('the policy lab', () => {
  it('finds what happened again under the policy that it happened under', async ({ expect }) => {
    const calls = callsOf([ok(0)], [status(100, 503), ok(1_150)], [status(200, 404)])
    const report = await lab(calls, retrying({}), retrying({}))
    expect(report.observed).toMatchObject({ calls: 3, succeeded: 2, failed: 1, attempts: 4, failedAttempts: 2 })
    expect(report.draft).toMatchObject({ calls: 3, succeeded: 2, failed: 1, attempts: 4, failedAttempts: 2 })
    expect(report.inForce).toEqual(report.draft)
    expect(report.differing).toEqual([])
    expect(report.draft.timeToSuccess?.max).toBe(1_100)
  })

  it('shows calls that another attempt would have saved, and those that fewer would have lost', async ({ expect }) => {
    // Down for ten seconds; the first gave up after two attempts, another found it well again.
    const calls = callsOf([status(0, 503), status(1_000, 503)], [ok(10_000)])
    const patient = await lab(calls, retrying({ maxAttempts: 6, maxMs: 60_000 }))
    expect(patient.observed).toMatchObject({ succeeded: 1, failed: 1 })
    expect(patient.draft).toMatchObject({ succeeded: 2, failed: 0 })
    expect(patient.differing).toMatchObject([
      { id: 'job_0', observed: { outcome: 'failed', attempts: 2 }, draft: { outcome: 'succeeded' } },
    ])
    const saved = callsOf([status(0, 503), ok(1_050)])
    expect((await lab(saved, retrying({ maxAttempts: 1 }))).differing).toMatchObject([
      { draft: { outcome: 'failed', attempts: 1 } },
    ])
  })

  it('never makes a call succeed that the upstream refused for what it is', async ({ expect }) => {
    const calls = callsOf([status(0, 422)], [ok(1), ok(2)])
    const report = await lab(calls, retrying({ retryOn: ['4xx', '5xx'], maxAttempts: 10 }))
    expect(report.draft).toMatchObject({ succeeded: 1, failed: 1 })
    expect(report.draft.attempts).toBe(11)
  })

  it('takes no refusal of one call for how the upstream did for others, nor for final where that call came through', async ({
    expect,
  }) => {
    const others = callsOf([status(0, 503), ok(1_000)], [status(4_000, 422)], [ok(9_000)])
    expect((await lab(others, retrying({ baseMs: 4_000 }))).draft).toMatchObject({ succeeded: 2, failed: 1, attempts: 4 })
    const cameThrough = callsOf([status(0, 404), ok(1_000)])
    const patient = retrying({ retryOn: ['404', '5xx'] })
    expect((await lab(cameThrough, patient, patient)).inForce).toMatchObject({ succeeded: 1, failed: 0, attempts: 2 })
  })

  it('makes a timeout of an answer that the draft would not have awaited', async ({ expect }) => {
    const calls = callsOf([ok(0, 3_000)])
    const report = await lab(calls, { ...retrying({ maxAttempts: 1 }), timeout: { perAttemptMs: 1_000, totalMs: 60_000 } })
    expect(report.draft).toMatchObject({ succeeded: 0, failed: 1 })
    const longer = await lab(callsOf([timeout(0, 5_000)]), {
      ...retrying({ maxAttempts: 1 }),
      timeout: { perAttemptMs: 30_000, totalMs: 60_000 },
    })
    expect(longer.draft).toMatchObject({ succeeded: 0, failed: 1 })
  })

  it('opens the breaker where the upstream was down, and spares it calls', async ({ expect }) => {
    const down = Array.from({ length: 200 }, (_, i) => [status(i * 100, 503), status(i * 100 + 1_000, 503)])
    const calls = callsOf(...down, [ok(60_000)])
    const without = await lab(calls, retrying({ maxAttempts: 4 }))
    const withBreaker = await lab(calls, { ...retrying({ maxAttempts: 4 }), circuitBreaker: testPolicy().circuitBreaker })
    expect(without.draft.breakerOpenedAt).toEqual([])
    expect(withBreaker.draft.breakerOpenedAt?.length).toBeGreaterThan(0)
    expect(withBreaker.draft.refused?.['circuit_breaker']).toBeGreaterThan(0)
    expect(withBreaker.draft.attempts).toBeLessThan(without.draft.attempts / 2)
    expect(withBreaker.draft.failed + withBreaker.draft.succeeded).toBe(201)
  })

  it('keeps a rate limit and a concurrency limit', async ({ expect }) => {
    const burst = callsOf(...Array.from({ length: 50 }, (_, i) => [ok(i, 400)]))
    const limited = await lab(burst, {
      ...retrying({}),
      rateLimit: { limit: 5, perMs: 1_000, burst: 0, key: null, onUnavailable: 'failClosed' },
    })
    expect(limited.observed.peakPerSecond).toBe(50)
    expect(limited.draft.peakPerSecond).toBeLessThanOrEqual(6)
    expect(limited.draft).toMatchObject({ succeeded: 50, failed: 0 })
    const narrow = await lab(burst, { ...retrying({}), concurrency: { limit: 1, key: null, onUnavailable: 'failClosed' } })
    expect(narrow.draft.refused?.['concurrency']).toBeGreaterThan(0)
    expect(narrow.draft).toMatchObject({ succeeded: 50 })
  })

  it('spends no permit where the breaker refuses, as in execution', async ({ expect }) => {
    const down = Array.from({ length: 10 }, (_, i) => [status(i < 2 ? i : 1_000 + i, 503)])
    const { draft } = await lab(callsOf(...down, [ok(40_000)]), {
      ...retrying({}),
      circuitBreaker: { ...testPolicy().circuitBreaker!, minCalls: 2, openMs: 30_000 },
      rateLimit: { limit: 2, perMs: 600_000, burst: 2, key: null, onUnavailable: 'failClosed' },
    })
    expect(draft.refused?.['circuit_breaker']).toBeGreaterThanOrEqual(8)
  })

  it('counts a call for the retry budget when it ends, not before others that come meanwhile', async ({ expect }) => {
    const calls = callsOf(
      [timeout(0, 30_000)],
      [status(100, 503), ok(1_150)],
      [status(200, 503), ok(1_250)],
      [status(14_000, 503), ok(15_050)],
    )
    const { draft } = await lab(calls, {
      ...retrying({ retryOn: ['5xx'], budget: { ratio: 0, minPerSecond: 0.2 } }),
      timeout: { perAttemptMs: 30_000, totalMs: 86_400_000 },
    })
    expect(draft).toMatchObject({ succeeded: 3, failed: 1 })
    expect(draft.refused).toEqual({})
  })

  it('gives the same report for the same question, and says what it takes for granted', async ({ expect }) => {
    const calls = callsOf([status(0, 503), ok(900)], [status(5, 500), ok(2_000)])
    const draft = { ...testPolicy(), hedge: { delayMs: 100, max: 1 } }
    expect(await lab(calls, draft)).toEqual(await lab(calls, draft))
    expect((await lab(calls, draft)).assumptions.join(' ')).toContain('Hedged calls are left out')
  })

  it('gives up on a draft that would run without end, and says so', async ({ expect }) => {
    const calls = callsOf(...Array.from({ length: 600 }, (_, i) => [status(i, 503)]))
    const report = await lab(calls, {
      ...retrying({ maxAttempts: 100, baseMs: 1, maxMs: 1 }),
      timeout: { perAttemptMs: 5_000, totalMs: 366 * 86_400_000 },
    })
    expect(report.draft.unfinished).toBeGreaterThan(0)
    expect(report.assumptions.join(' ')).toContain('did not come to an end')
  })

  it('asks no upstream that nobody heard of', async ({ expect }) => {
    const report = await lab(callsOf([{ ...ok(0), outcome: 'unknown', status: null, failure: 'aborted' }]))
    expect(report.observed).toMatchObject({ calls: 1, failed: 1 })
    expect(report.draft).toMatchObject({ calls: 0 })
  })

  it('says that there was nothing', async ({ expect }) => {
    expect((await lab([])).draft).toMatchObject({ calls: 0, timeToSuccess: null })
  })

  it('takes events in order of time, and of the same time in order of arrival', async ({ expect }) => {
    const queue = new EventQueue()
    const seen: string[] = []
    for (const [at, name] of [
      [5, 'e'],
      [1, 'a'],
      [3, 'c'],
      [1, 'b'],
      [4, 'd'],
    ] as const) {
      queue.add(at, async () => void seen.push(name))
    }
    for (let event = queue.take(); event; event = queue.take()) await event.run()
    expect(seen.join('')).toBe('abcde')
  })
})
