import { classifyCall } from './classify-failure.ts'
import { deferred } from './deferral.ts'
import { retryDelay, wholeSeconds } from './retry-schedule.ts'
import type { Next, Outcome, PolicyContext, PolicyStep } from './types.ts'

/** When a job whose retry the budget does not allow asks again at the soonest, ms; the deferral makes it longer. */
const BUDGET_RETRY_MS = 1_000

/** One attempt a delivery: judges the call and decides what comes next. Refusals before the call pass through and cost nothing. */
export const retry: PolicyStep = {
  name: 'retry',
  async execute(ctx, next) {
    const outcome = await withinBudget(ctx, next)
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
    const { delayMs, capMs } = retryDelay(policy, attempt, call.end, ctx.now(), ctx.random)
    return { kind: 'retry', call, attempt, delayMs: wholeSeconds(delayMs), capMs, reason, deathClass }
  },
}

/**
 * A first attempt pays into the retry budget of its connector, every later one is paid from it when its turn comes. A job that
 * the budget does not allow is not lost: it is put off. Only a call counts, so that limits and breaker cost no budget.
 */
async function withinBudget(ctx: PolicyContext, next: Next): Promise<Outcome> {
  if (!ctx.policy.retry.budget) return next(ctx)
  const isRetry = ctx.job.attempts > 0
  if (isRetry && !ctx.retryBudget.withdraw()) return { kind: 'refused', by: 'retry_budget', retryAfterMs: BUDGET_RETRY_MS }
  let called = false
  try {
    const outcome = await next(ctx)
    called = outcome.kind === 'called'
    return outcome
  } finally {
    if (!isRetry && called) ctx.retryBudget.deposit()
    if (isRetry && !called) ctx.retryBudget.giveBack?.()
  }
}
