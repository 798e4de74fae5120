import { classifyCall } from './classify-failure.ts'
import { deferred } from './deferral.ts'
import { retryDelay, wholeSeconds } from './retry-schedule.ts'
import type { PolicyStep } from './types.ts'

/** One attempt a delivery: judges the call and decides what comes next. Refusals before the call pass through and cost nothing. */
export const retry: PolicyStep = {
  name: 'retry',
  async execute(ctx, next) {
    const outcome = await next(ctx)
    if (outcome.kind === 'refused') return deferred(outcome, ctx)
    if (outcome.kind !== 'called') return outcome
    const { call } = outcome
    const policy = ctx.policy.retry
    const verdict = classifyCall(call.end, policy)
    if (verdict.kind === 'success') return { kind: 'succeeded', call }
    const { reason, deathClass } = verdict
    const attempt = ctx.job.attempts + 1
    if (verdict.kind === 'terminal') return { kind: 'dead', class: deathClass, error: reason, call }
    if (attempt >= policy.maxAttempts) {
      return { kind: 'dead', class: deathClass, error: `${reason}; that was attempt ${attempt} of ${policy.maxAttempts}`, call }
    }
    const retryAfter = call.end.kind === 'answered' ? (call.end.headers['retry-after'] ?? null) : null
    const { delayMs, capMs } = retryDelay(policy, attempt, retryAfter, ctx.now(), ctx.random)
    return { kind: 'retry', call, attempt, delayMs: wholeSeconds(delayMs), capMs, reason, deathClass }
  },
}
