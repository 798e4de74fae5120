import { errorMessage } from '../core/errors.ts'
import { timeIsOver } from './cut-off.ts'
import { notDone } from './total-deadline.ts'
import type { PolicyStep } from './types.ts'

/** What must be left of a lease when an attempt ends, so that its result can be written, ms. */
export const SETTLE_MS = 5_000

/**
 * One attempt's time: the policy's, no more than the whole work has left, and never past the lease. When the lease is nearly
 * over (the calls before it took longer than they may), or at the gates the whole time went by or the caller went away, the
 * attempt is not begun. It also ends when whoever asked for it gives it up: then it did not time out, it was aborted.
 */
export const attemptTimeout: PolicyStep = {
  name: 'attempt timeout',
  async execute(ctx, next) {
    const { perAttemptMs } = ctx.policy.timeout
    const leftMs = ctx.lease ? ctx.lease.until - ctx.now() - SETTLE_MS : Number.POSITIVE_INFINITY
    if (ctx.lease && leftMs < Math.min(perAttemptMs, ctx.lease.attemptMs))
      return { kind: 'refused', by: 'lease', retryAfterMs: 0 }
    if (ctx.signal.aborted) return { kind: 'dead', class: 'timeout', error: errorMessage(ctx.signal.reason), call: null }
    if (ctx.now() >= ctx.deadlineAt) return { kind: 'dead', class: 'timeout', error: notDone(ctx, ctx.deadlineAt), call: null }
    const attemptMs = Math.max(1, Math.min(perAttemptMs, leftMs, ctx.deadlineAt - ctx.now()))
    const controller = new AbortController()
    const giveUp = () => controller.abort(ctx.signal.reason)
    const cancel = ctx.timer(attemptMs, () => controller.abort(timeIsOver(attemptMs)))
    ctx.signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await next({ ...ctx, attemptMs, signal: controller.signal })
    } finally {
      cancel()
      ctx.signal.removeEventListener('abort', giveUp)
    }
  },
}
