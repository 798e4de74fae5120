import type { PolicyStep } from './types.ts'

/** Holds the job while an operator has paused its connector, queue or provider. */
export const pause: PolicyStep = {
  name: 'pause',
  async execute(ctx, next) {
    return ctx.pausedBy ? { kind: 'held', by: ctx.pausedBy } : next(ctx)
  },
}
