import type { Outcome, PolicyStep } from './types.ts'

/**
 * The whole work's time, counted from the first attempt of the generation. Past it the job is dead without another call; and
 * a wait that would end past it is not begun.
 */
export const totalDeadline: PolicyStep = {
  name: 'total deadline',
  async execute(ctx, next) {
    const deadlineAt = ctx.job.firstStartedAt + ctx.policy.timeout.totalMs
    const error = `not done within ${ctx.policy.timeout.totalMs} ms`
    if (ctx.now() >= deadlineAt) {
      return { kind: 'dead', class: ctx.job.deferredByBreaker ? 'breaker_open' : 'timeout', error, call: null }
    }
    const outcome = await next({ ...ctx, deadlineAt })
    return waitEnd(outcome, ctx.now()) >= deadlineAt ? tooLate(outcome, error) : outcome
  },
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
