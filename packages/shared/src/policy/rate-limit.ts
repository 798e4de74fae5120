import { deferralDelay, MAX_RATE_LIMIT_DEFERRAL_MS } from './deferral.ts'
import type { PolicyStep } from './types.ts'

/** Takes a permit of the rate limit, or puts the job off. */
export const rateLimit: PolicyStep = {
  name: 'rate limit',
  async execute(ctx, next) {
    if (!ctx.policy.rateLimit && !ctx.policy.concurrency) return next(ctx)
    const entry = await ctx.rateLimit.enter()
    if (entry.allowed) {
      try {
        return await next(ctx)
      } finally {
        entry.release()
      }
    }
    const waitedMs = ctx.now() - ctx.job.firstStartedAt
    const retryAfterMs = deferralDelay(entry.retryAfterMs, waitedMs, MAX_RATE_LIMIT_DEFERRAL_MS, ctx.random)
    return { kind: 'refused', by: entry.by, retryAfterMs, ...(entry.limit ? { limit: entry.limit } : {}) }
  },
}
