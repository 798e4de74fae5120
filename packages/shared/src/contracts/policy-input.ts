/**
 * A policy as it is written by people: every knob has a default that suits calls of a payment API, and what makes no sense
 * together is refused in words. The keys of limits are JSONata, which `policy/key-issues.ts` checks.
 */
import * as z from 'zod'
import {
  autoPausePolicy,
  circuitBreakerPolicy,
  concurrencyPolicy,
  hedgePolicy,
  idempotencyPolicy,
  type Policy,
  policy,
  rateLimitPolicy,
  retryPolicy,
  timeoutPolicy,
} from './policy.ts'
import { slug } from './slug.ts'

const DAY_MS = 86_400_000

const timeout = z.strictObject({
  perAttemptMs: timeoutPolicy.shape.perAttemptMs.default(10_000),
  totalMs: timeoutPolicy.shape.totalMs.default(DAY_MS),
})

const budget = z.strictObject(retryPolicy.shape.budget.unwrap().unwrap().shape)

const retry = z.strictObject({
  maxAttempts: retryPolicy.shape.maxAttempts.default(5),
  backoff: retryPolicy.shape.backoff.default('exponential'),
  baseMs: retryPolicy.shape.baseMs.default(1_000),
  maxMs: retryPolicy.shape.maxMs.default(300_000),
  listMs: retryPolicy.shape.listMs,
  jitter: retryPolicy.shape.jitter.default('full'),
  // 501 and 505 say that the upstream will never understand the request.
  retryOn: retryPolicy.shape.retryOn.default(['408', '425', '429', '5xx', '!501', '!505', 'timeout', 'network']),
  stopOn: retryPolicy.shape.stopOn.default(['410']),
  respectRetryAfter: retryPolicy.shape.respectRetryAfter.default(true),
  retryAfterCapMs: retryPolicy.shape.retryAfterCapMs.default(3_600_000),
  resetHeaders: z.boolean().default(true),
  budget: budget.nullable().default({ ratio: 0.2, minPerSecond: 10 }),
})

const circuitBreaker = z.strictObject({
  windowMs: circuitBreakerPolicy.shape.windowMs.default(30_000),
  minCalls: circuitBreakerPolicy.shape.minCalls.default(10),
  failureRate: circuitBreakerPolicy.shape.failureRate.default(0.5),
  openMs: circuitBreakerPolicy.shape.openMs.default(10_000),
  halfOpenCalls: circuitBreakerPolicy.shape.halfOpenCalls.default(1),
  countAsFailure: circuitBreakerPolicy.shape.countAsFailure.default(['5xx', 'timeout', 'network']),
  onUnavailable: circuitBreakerPolicy.shape.onUnavailable,
})

const rateLimit = z.strictObject({
  ...rateLimitPolicy.shape,
  perMs: rateLimitPolicy.shape.perMs.default(1_000),
  burst: rateLimitPolicy.shape.burst.default(0),
})

const hedge = z.strictObject({ ...hedgePolicy.shape, max: hedgePolicy.shape.max.default(1) })

const autoPause = z.strictObject({
  afterMs: autoPausePolicy.shape.afterMs.default(5 * DAY_MS),
  warnAfterMs: autoPausePolicy.shape.warnAfterMs.default([DAY_MS, 3 * DAY_MS]),
})

const idempotency = z.strictObject({
  ...idempotencyPolicy.shape,
  keyPer: idempotencyPolicy.shape.keyPer.default('job'),
})

/** A policy as it is created. What is left out is the default; `null` turns a policy off that can be. */
export const policyInput = z
  .strictObject({
    ...policy.shape,
    id: slug,
    timeout: timeout.prefault({}),
    retry: retry.prefault({}),
    circuitBreaker: circuitBreaker.nullable().prefault({}),
    rateLimit: rateLimit.nullable().default(null),
    concurrency: z.strictObject(concurrencyPolicy.shape).nullable().default(null),
    hedge: hedge.nullable().default(null),
    autoPause: autoPause.nullable().prefault({}),
    idempotency: idempotency.prefault({}),
  })
  .superRefine((input, ctx) => {
    for (const { path, message } of contradictions(input)) ctx.addIssue({ code: 'custom', path, message })
  })
export type PolicyInput = z.infer<typeof policyInput>

interface Contradiction {
  path: string[]
  message: string
}

/** What the shapes allow and no policy can mean. */
function contradictions(input: Policy): Contradiction[] {
  return [...ofTimes(input), ...ofBackoff(input.retry), ...ofPatterns(input)]
}

function ofTimes({ timeout: { perAttemptMs, totalMs }, hedge: hedged, autoPause: paused }: Policy): Contradiction[] {
  const found: Contradiction[] = []
  if (totalMs < perAttemptMs) {
    const message = `is ${totalMs} ms, less than one attempt may take (perAttemptMs, ${perAttemptMs} ms): raise it, or shorten the attempt`
    found.push({ path: ['timeout', 'totalMs'], message })
  }
  if (hedged && hedged.delayMs >= perAttemptMs) {
    const message = `is ${hedged.delayMs} ms: by then the first call has ended (perAttemptMs is ${perAttemptMs} ms); name a shorter delay`
    found.push({ path: ['hedge', 'delayMs'], message })
  }
  const late = paused?.warnAfterMs.find((warnMs) => warnMs >= paused.afterMs)
  if (paused && late !== undefined) {
    const message = `has ${late} ms, but the connector is paused after ${paused.afterMs} ms (afterMs): warnings come before that`
    found.push({ path: ['autoPause', 'warnAfterMs'], message })
  }
  return found
}

function ofBackoff({ backoff, baseMs, maxMs, listMs }: Policy['retry']): Contradiction[] {
  if (backoff !== 'list') {
    const found: Contradiction[] = []
    if (listMs) found.push({ path: ['retry', 'listMs'], message: `is read only where backoff is list, and it is ${backoff}` })
    if (maxMs < baseMs)
      found.push({ path: ['retry', 'maxMs'], message: `is ${maxMs} ms, less than the first delay (baseMs, ${baseMs} ms)` })
    return found
  }
  if (!listMs?.length) {
    return [{ path: ['retry', 'listMs'], message: 'must name at least one delay where backoff is list, such as [1000, 60000]' }]
  }
  const long = listMs.find((delayMs) => delayMs > maxMs)
  if (long === undefined) return []
  return [{ path: ['retry', 'listMs'], message: `has ${long} ms, more than maxMs allows (${maxMs} ms): raise maxMs` }]
}

function ofPatterns({ retry: { retryOn, stopOn }, circuitBreaker: breaker }: Policy): Contradiction[] {
  const lists: [string[], readonly string[]][] = [
    [['retry', 'retryOn'], retryOn],
    [['retry', 'stopOn'], stopOn],
    ...(breaker ? [[['circuitBreaker', 'countAsFailure'], breaker.countAsFailure] satisfies [string[], readonly string[]]] : []),
  ]
  const found = lists.flatMap(([path, patterns]) => patternIssues(patterns).map((message) => ({ path, message })))
  if (breaker && breaker.countAsFailure.length === 0) {
    const message = 'is empty, so that the breaker could never open: name failures, or set circuitBreaker to null'
    found.push({ path: ['circuitBreaker', 'countAsFailure'], message })
  }
  return found
}

/** What is wrong with a list of statuses (and classes) that each could stand alone. */
export function patternIssues(patterns: readonly string[]): string[] {
  const reversed = patterns.filter((pattern) => {
    const [from, to] = pattern.replace('!', '').split('-')
    return to !== undefined && Number(from) > Number(to)
  })
  const messages = reversed.map((pattern) => `has ${pattern}, a range that ends before it begins: write the lower status first`)
  if (patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('!'))) {
    messages.push('only excludes, so it names nothing: name also what is excluded from, such as 5xx')
  }
  return messages
}
