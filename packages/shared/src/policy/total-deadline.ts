import type { Outcome, PolicyContext, PolicyStep } from './types.ts'

/**
 * The whole time of a job, counted from the first attempt of the generation. Past it the job is dead without another call; and
 * a wait that would end past it is not begun.
 */
export const totalDeadline: PolicyStep = {
  name: 'total deadline',
  async execute(ctx, next) {
    const deadlineAt = deadlineOf(ctx)
    const error = notDone(ctx, deadlineAt)
    if (ctx.now() >= deadlineAt) {
      return { kind: 'dead', class: ctx.job.deferredByBreaker ? 'breaker_open' : 'timeout', error, call: null }
    }
    const outcome = await next({ ...ctx, deadlineAt })
    return waitEnd(outcome, ctx.now()) >= deadlineAt ? tooLate(outcome, error) : outcome
  },
}

/** The whole time of a call that somebody waits for: a refusal is theirs to repeat, whenever that may be. */
export const callerDeadline: PolicyStep = {
  name: 'total deadline',
  async execute(ctx, next) {
    const deadlineAt = deadlineOf(ctx)
    if (ctx.now() >= deadlineAt) return { kind: 'dead', class: 'timeout', error: notDone(ctx, deadlineAt), call: null }
    return next({ ...ctx, deadlineAt })
  },
}

/** The sooner of what the policy and whoever asked allow. */
function deadlineOf(ctx: PolicyContext): number {
  return Math.min(ctx.deadlineAt, ctx.job.firstStartedAt + ctx.policy.timeout.totalMs)
}

/** What died of its deadline says. */
export function notDone(ctx: PolicyContext, deadlineAt: number): string {
  return `not done within ${deadlineAt - ctx.job.firstStartedAt} ms`
}

function waitEnd(outcome: Outcome, now: number): number {
  if (outcome.kind === 'retry') return now + outcome.delayMs
  return outcome.kind === 'refused' ? now + outcome.retryAfterMs : 0
}

function tooLate(outcome: Outcome, error: string): Outcome {
  if (outcome.kind === 'retry') {
    return { kind: 'dead', class: outcome.deathClass, error: `${outcome.reason}; ${error}`, call: outcome.call }
  }
  const breaker = outcome.kind === 'refused' && outcome.by === 'circuit_breaker'
  return { kind: 'dead', class: breaker ? 'breaker_open' : 'timeout', error, call: null }
}
