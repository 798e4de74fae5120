import type { PolicyStep } from './types.ts'

/** Takes a permit of the rate limit and of the concurrency limit, or refuses. */
export const rateLimit: PolicyStep = {
  name: 'rate limit',
  async execute(ctx, next) {
    if (!ctx.policy.rateLimit && !ctx.policy.concurrency) return next(ctx)
    const entry = await ctx.rateLimit.enter()
    if (entry.allowed) {
      try {
        return await next(entry.breaker ? { ...ctx, breaker: entry.breaker } : ctx)
      } finally {
        entry.release()
      }
    }
    const { by, retryAfterMs, limit } = entry
    return { kind: 'refused', by, retryAfterMs, ...(limit ? { limit } : {}) }
  },
}
