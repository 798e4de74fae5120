import { breakerResult } from './classify-failure.ts'
import type { PolicyStep } from './types.ts'

/** Asks the breaker before the call, and tells it what came of it. A policy without one asks too: operators may have forced it open. */
export const circuitBreaker: PolicyStep = {
  name: 'circuit breaker',
  async execute(ctx, next) {
    const policy = ctx.policy.circuitBreaker
    const entry = await ctx.breaker.enter()
    if (!entry.allowed) return { kind: 'refused', by: 'circuit_breaker', retryAfterMs: entry.retryAfterMs }
    let result: 'success' | 'failure' | 'unused' = 'unused'
    try {
      const outcome = await next(ctx)
      if (policy && outcome.kind === 'called') result = breakerResult(outcome.call.end, policy.countAsFailure)
      return outcome
    } finally {
      entry.settle(result)
    }
  },
}
