import type { PolicyStep } from './types.ts'

/** What must be left of a lease when an attempt ends, so that its result can be written, ms. */
export const SETTLE_MS = 5_000

/**
 * One attempt's time: the policy's, no more than the whole work has left, and never past the lease. When the lease is nearly
 * over (the calls before it took longer than they may), the attempt is not begun.
 */
export const attemptTimeout: PolicyStep = {
  name: 'attempt timeout',
  async execute(ctx, next) {
    const { perAttemptMs } = ctx.policy.timeout
    const leftMs = ctx.lease ? ctx.lease.until - ctx.now() - SETTLE_MS : Number.POSITIVE_INFINITY
    if (ctx.lease && leftMs < Math.min(perAttemptMs, ctx.lease.attemptMs))
      return { kind: 'refused', by: 'lease', retryAfterMs: 0 }
    const attemptMs = Math.max(1, Math.min(perAttemptMs, leftMs, ctx.deadlineAt - ctx.now()))
    const controller = new AbortController()
    const cancel = ctx.timer(attemptMs, () => controller.abort(new Error(`no answer within ${attemptMs} ms`)))
    try {
      return await next({ ...ctx, attemptMs, signal: controller.signal })
    } finally {
      cancel()
    }
  },
}
