import { describe, it } from 'vitest'
import { retryPolicy } from '../contracts/policy.ts'
import { answered, testPolicy } from '../testing/policy-context.ts'
import { attemptFacts, breakerResult, classifyCall, namesStatus } from './classify-failure.ts'
import type { CallEnd } from './types.ts'

const { retry, circuitBreaker } = testPolicy()
const TIMEOUT: CallEnd = { kind: 'timeout', afterMs: 5_000 }
const NETWORK: CallEnd = { kind: 'network', error: 'refused' }
const CONFIG: CallEnd = { kind: 'config', error: 'no secret' }

describe('judging a call', () => {
  const cases: [CallEnd, string, string | null][] = [
    [answered(200), 'success', null],
    [answered(204), 'success', null],
    [answered(299), 'success', null],
    [answered(301), 'terminal', 'upstream_rejected'],
    [answered(304), 'terminal', 'upstream_rejected'],
    [answered(400), 'terminal', 'upstream_rejected'],
    [answered(408), 'retryable', 'upstream_rejected'],
    [answered(410), 'terminal', 'upstream_rejected'],
    [answered(422), 'terminal', 'upstream_rejected'],
    [answered(429), 'retryable', 'upstream_rejected'],
    [answered(500), 'retryable', 'upstream_failed'],
    [answered(503), 'retryable', 'upstream_failed'],
    [TIMEOUT, 'retryable', 'timeout'],
    [NETWORK, 'retryable', 'upstream_failed'],
    [CONFIG, 'terminal', 'config_error'],
  ]
  for (const [end, kind, deathClass] of cases) {
    it(`${JSON.stringify(end)} is ${kind}${deathClass ? `, and dies as ${deathClass}` : ''}`, ({ expect }) => {
      const verdict = classifyCall(end, retry)
      expect(verdict.kind).toBe(kind)
      expect('deathClass' in verdict ? verdict.deathClass : null).toBe(deathClass)
    })
  }

  it('reads ranges of statuses, and leaves out what is excluded', ({ expect }) => {
    const ranged = { retryOn: ['500-504', '!501', '520', 'timeout', '!599'], stopOn: ['400-499', '!429'] }
    const kinds = [499, 500, 501, 503, 504, 505, 520, 599].map((status) => classifyCall(answered(status), ranged).kind)
    expect(kinds).toEqual(['terminal', 'retryable', 'terminal', 'retryable', 'retryable', 'terminal', 'retryable', 'terminal'])
    expect(classifyCall(answered(429), { retryOn: ['4xx'], stopOn: ['400-499', '!429'] }).kind).toBe('retryable')
    expect(breakerResult(answered(501), ['5xx', '!501'])).toBe('success')
    expect([200, 202, 204, 304].filter((status) => namesStatus(['2xx', '304', '!202'], status))).toEqual([200, 204, 304])
  })

  it('takes only patterns that it can read', ({ expect }) => {
    const reads = (pattern: string) => retryPolicy.shape.retryOn.safeParse([pattern]).success
    expect(['429', '5xx', '!501', '500-504', '!520-530', 'timeout', 'network'].filter((one) => !reads(one))).toEqual([])
    expect(['', '!', '5x', '42x', '50', '500-', '-504', '500-504-509', '!timeout', 'config', '6xx'].filter(reads)).toEqual([])
  })

  it('never repeats what stopOn names, nor a redirect, nor a broken configuration', ({ expect }) => {
    const all = { retryOn: ['3xx', '4xx', '5xx', 'timeout', 'network', 'config'], stopOn: ['503', '42x', '4xx'] }
    for (const end of [answered(302), answered(404), answered(503), CONFIG]) {
      expect(classifyCall(end, all).kind).toBe('terminal')
    }
    expect(classifyCall(answered(500), all).kind).toBe('retryable')
  })

  it('repeats nothing that is not named', ({ expect }) => {
    for (const end of [answered(500), TIMEOUT, NETWORK])
      expect(classifyCall(end, { retryOn: [], stopOn: [] }).kind).toBe('terminal')
  })
})

describe('the request log', () => {
  it('calls an attempt without an answer unknown, not failed', ({ expect }) => {
    expect(attemptFacts(TIMEOUT)).toMatchObject({ outcome: 'unknown', status: null, failure: 'timeout' })
    expect(attemptFacts(NETWORK)).toMatchObject({ outcome: 'unknown', status: null, failure: 'network' })
    expect(attemptFacts(CONFIG)).toMatchObject({ outcome: 'failure', status: null, failure: 'config', error: 'no secret' })
    expect(attemptFacts(answered(500))).toMatchObject({ outcome: 'failure', status: 500, failure: 'status' })
    expect(attemptFacts(answered(201))).toEqual({ outcome: 'success', status: 201, failure: null, error: null })
  })
})

describe('what counts for the breaker', () => {
  it('is what its policy names; a rejected request is a healthy upstream', ({ expect }) => {
    const result = (end: CallEnd) => breakerResult(end, circuitBreaker?.countAsFailure ?? [])
    expect([answered(200), answered(422), answered(429)].map(result)).toEqual(['success', 'success', 'success'])
    expect([answered(500), TIMEOUT, NETWORK].map(result)).toEqual(['failure', 'failure', 'failure'])
    expect(result(CONFIG)).toBe('unused')
  })
})
