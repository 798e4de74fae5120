import { describe, it } from 'vitest'
import { answered, FakeClock, testCall, testContext, testPolicy } from '../testing/policy-context.ts'
import { attemptFacts, breakerResult, classifyCall } from './classify-failure.ts'
import { deliverySignal } from './delivery-signal.ts'
import { runExecutePipeline, runPipeline } from './pipeline.ts'
import type { CallEnd } from './types.ts'

const { retry } = testPolicy()
const saying = (status: number, delivery: string): CallEnd => ({
  kind: 'answered',
  status,
  headers: { 'webhook-delivery': delivery },
  success: null,
})
const ruled = (status: number, success: boolean): CallEnd => ({ kind: 'answered', status, headers: {}, success })

describe('webhook-delivery', () => {
  it('is read whatever its case, alone or with others', ({ expect }) => {
    expect(deliverySignal(saying(500, 'abort-message'))).toBe('abort-message')
    expect(deliverySignal(saying(500, ' Disable '))).toBe('disable')
    expect(deliverySignal(saying(500, 'abort-message, disable'))).toBe('disable')
    expect(deliverySignal(saying(500, 'disabled'))).toBeNull()
    expect(deliverySignal(answered(500))).toBeNull()
    expect(deliverySignal({ kind: 'network', error: 'refused' })).toBeNull()
  })

  it('ends a message that failed, as one that the receiver rejected, and takes nothing from a success', ({ expect }) => {
    for (const signal of ['abort-message', 'disable']) {
      expect(classifyCall(saying(503, signal), retry)).toEqual({
        kind: 'terminal',
        deathClass: 'upstream_rejected',
        reason: `the upstream answered 503 and asked for no further attempt (webhook-delivery: ${signal})`,
      })
      expect(classifyCall(saying(200, signal), retry)).toEqual({ kind: 'success' })
    }
  })

  it('disable is told of once a call, also after a success, by jobs and by /execute', async ({ expect }) => {
    let told = 0
    const ctx = () => testContext(new FakeClock(), { onDisable: () => void told++ })
    const outcomes = [
      await runPipeline(ctx(), async () => testCall(saying(204, 'disable'))),
      await runPipeline(ctx(), async () => testCall(saying(503, 'disable'))),
      await runExecutePipeline(ctx(), async () => testCall(saying(429, 'disable'))),
    ]
    expect(outcomes.map(({ kind }) => kind)).toEqual(['succeeded', 'dead', 'dead'])
    expect(told).toBe(3)
    await runPipeline(ctx(), async () => testCall(saying(503, 'abort-message')))
    expect(told).toBe(3)
  })
})

describe('an operation with its own rule for success', () => {
  it('succeeds by it, whatever the status', ({ expect }) => {
    for (const status of [200, 302, 404, 410, 500]) {
      expect(classifyCall(ruled(status, true), retry)).toEqual({ kind: 'success' })
      expect(breakerResult(ruled(status, true), ['4xx', '5xx'])).toBe('success')
      expect(attemptFacts(ruled(status, true))).toEqual({ outcome: 'success', status, failure: null, error: null })
    }
  })

  it('fails by it; then the status says whether to repeat, and a 2xx only if it is named', ({ expect }) => {
    const refused = ruled(200, false)
    expect(classifyCall(refused, retry)).toEqual({
      kind: 'terminal',
      deathClass: 'upstream_rejected',
      reason: "the upstream answered 200, which the operation's rule for success does not take for one",
    })
    expect(classifyCall(refused, { ...retry, retryOn: ['200'] }).kind).toBe('retryable')
    expect(classifyCall(ruled(503, false), retry)).toMatchObject({ kind: 'retryable', deathClass: 'upstream_failed' })
    expect(classifyCall(ruled(410, false), retry).kind).toBe('terminal')
    expect(attemptFacts(refused)).toMatchObject({ outcome: 'failure', status: 200, failure: 'status' })
  })

  it('that fails a 2xx counts for the breaker only if that is named', ({ expect }) => {
    expect(breakerResult(ruled(200, false), ['5xx'])).toBe('success')
    expect(breakerResult(ruled(200, false), ['2xx', '5xx'])).toBe('failure')
  })
})

describe('an attempt that was given up', () => {
  it('is unknown, repeated by nobody, and says nothing about the upstream', ({ expect }) => {
    const aborted: CallEnd = { kind: 'aborted', reason: 'another of the hedged calls was faster' }
    expect(classifyCall(aborted, { retryOn: ['timeout', 'network', '5xx'], stopOn: [] }).kind).toBe('terminal')
    expect(attemptFacts(aborted)).toMatchObject({ outcome: 'unknown', failure: 'aborted', status: null })
    expect(breakerResult(aborted, ['timeout', 'network', '5xx'])).toBe('unused')
  })
})
