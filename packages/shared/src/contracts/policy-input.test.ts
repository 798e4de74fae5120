import { describe, it } from 'vitest'
import { keyIssues } from '../policy/key-issues.ts'
import { policy } from './policy.ts'
import { policyInput } from './policy-input.ts'

const refused = (input: Record<string, unknown>) => {
  const result = policyInput.safeParse({ id: 'billing', ...input })
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
}

describe('a policy as people write it', () => {
  it('has these defaults for every knob', ({ expect }) => {
    const made = policyInput.parse({ id: 'billing' })
    expect(made).toEqual({
      id: 'billing',
      timeout: { perAttemptMs: 10_000, totalMs: 86_400_000 },
      retry: {
        maxAttempts: 5,
        backoff: 'exponential',
        baseMs: 1_000,
        maxMs: 300_000,
        jitter: 'full',
        retryOn: ['408', '425', '429', '5xx', '!501', '!505', 'timeout', 'network'],
        stopOn: ['410'],
        respectRetryAfter: true,
        retryAfterCapMs: 3_600_000,
        resetHeaders: true,
        budget: { ratio: 0.2, minPerSecond: 10 },
      },
      circuitBreaker: {
        windowMs: 30_000,
        minCalls: 10,
        failureRate: 0.5,
        openMs: 10_000,
        halfOpenCalls: 1,
        countAsFailure: ['5xx', 'timeout', 'network'],
        onUnavailable: 'failOpen',
      },
      rateLimit: null,
      concurrency: null,
      hedge: null,
      autoPause: { afterMs: 432_000_000, warnAfterMs: [86_400_000, 259_200_000] },
      idempotency: { required: false, ttlMs: 86_400_000, keyPer: 'job' },
    })
    expect(policy.parse(made)).toEqual(made)
  })

  it('keeps the other defaults where one knob is turned, and turns off what is null', ({ expect }) => {
    const made = policyInput.parse({
      id: 'billing',
      retry: { maxAttempts: 2, budget: null },
      circuitBreaker: null,
      autoPause: null,
      rateLimit: { limit: 50 },
      concurrency: { limit: 5 },
      hedge: { delayMs: 200 },
    })
    expect(made).toMatchObject({ retry: { maxAttempts: 2, baseMs: 1_000, budget: null }, circuitBreaker: null, autoPause: null })
    expect(made.rateLimit).toEqual({ limit: 50, perMs: 1_000, burst: 0, key: null, onUnavailable: 'failClosed' })
    expect(made.concurrency).toEqual({ limit: 5, key: null, onUnavailable: 'failClosed' })
    expect(made.hedge).toEqual({ delayMs: 200, max: 1 })
  })

  it('refuses what is not known, at every depth', ({ expect }) => {
    expect(refused({ retries: {} })).toHaveLength(1)
    expect(refused({ retry: { attempts: 3 } })).toHaveLength(1)
    expect(refused({ retry: { budget: { ratio: 0.1, minPerSecond: 1, burst: 2 } } })).toHaveLength(1)
    expect(refused({ id: 'No Slug' })).toHaveLength(1)
  })
})

describe('what contradicts itself', () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ timeout: { totalMs: 5_000 } }, /^timeout\.totalMs is 5000 ms, less than one attempt may take/],
    [{ retry: { retryOn: ['504-500', 'timeout'] } }, /^retry\.retryOn has 504-500, a range that ends before it begins/],
    [{ retry: { stopOn: ['!499-400', '4xx'] } }, /^retry\.stopOn has !499-400, a range/],
    [{ retry: { retryOn: ['!501', '!505'] } }, /^retry\.retryOn only excludes/],
    [{ circuitBreaker: { countAsFailure: ['!501'] } }, /^circuitBreaker\.countAsFailure only excludes/],
    [
      { circuitBreaker: { countAsFailure: [] } },
      /^circuitBreaker\.countAsFailure is empty, so that the breaker could never open/,
    ],
    [{ circuitBreaker: { openMs: 1_999 } }, /^circuitBreaker\.openMs .*2000/],
    [{ retry: { backoff: 'list' } }, /^retry\.listMs must name at least one delay/],
    [{ retry: { backoff: 'list', listMs: [] } }, /^retry\.listMs must name at least one delay/],
    [{ retry: { backoff: 'list', listMs: [1_000, 900_000] } }, /^retry\.listMs has 900000 ms, more than maxMs allows/],
    [{ retry: { listMs: [1_000] } }, /^retry\.listMs is read only where backoff is list, and it is exponential/],
    [{ retry: { baseMs: 2_000, maxMs: 1_000 } }, /^retry\.maxMs is 1000 ms, less than the first delay/],
    [{ hedge: { delayMs: 10_000 } }, /^hedge\.delayMs is 10000 ms: by then the first call has ended/],
    [{ autoPause: { afterMs: 86_400_000 } }, /^autoPause\.warnAfterMs has 86400000 ms, but the connector is paused after/],
    [{ timeout: { totalMs: 1e15 } }, /^timeout\.totalMs /],
  ]
  for (const [input, sentence] of cases) {
    it(`is refused in words: ${JSON.stringify(input)}`, ({ expect }) => {
      const [first, ...more] = refused(input)
      expect(first).toMatch(sentence)
      expect(more).toEqual([])
    })
  }

  it('is not the sound use of the same knobs', ({ expect }) => {
    expect(refused({ retry: { retryOn: ['500-504', '!501'], stopOn: [], backoff: 'list', listMs: [0, 300_000] } })).toEqual([])
    expect(refused({ autoPause: { afterMs: 3_600_000, warnAfterMs: [] } })).toEqual([])
    expect(refused({ retry: { backoff: 'list', listMs: [100], baseMs: 9_000, maxMs: 100 } })).toEqual([])
  })

  it('is a key that is no JSONata', ({ expect }) => {
    const made = policyInput.parse({
      id: 'billing',
      rateLimit: { limit: 1, key: 'input.customer & "-" & client' },
      concurrency: { limit: 1, key: '$eval("1")' },
    })
    expect(keyIssues(made)).toEqual([
      { path: 'concurrency.key', message: 'is no JSONata that can be run: $eval is not available' },
    ])
    expect(keyIssues({ rateLimit: { ...made.rateLimit!, key: 'input.(' }, concurrency: null })).toMatchObject([
      { path: 'rateLimit.key' },
    ])
    expect(keyIssues({ rateLimit: null, concurrency: null })).toEqual([])
  })
})
