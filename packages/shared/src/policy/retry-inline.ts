import { assertNever } from '../core/result.ts'
import { classifyCall, type Verdict } from './classify-failure.ts'
import { retryDelay } from './retry-schedule.ts'
import type { Call, Next, Outcome, PolicyContext, PolicyStep } from './types.ts'

type Failure = Exclude<Verdict, { kind: 'success' }>
/** A call that failed, and how. */
interface Failed {
  call: Call
  failure: Failure
}

/**
 * Repeats a call while its caller waits. What is repeated is what `retryOn` names, as for jobs, also where the operation is
 * not idempotent by itself: every attempt carries the same `Idempotency-Key`, so the policy's author decides. A wait that
 * would end at or past the deadline is not begun, none outlives the caller, and the connector's retry budget pays for each.
 * Whatever keeps a retry from being made, the
 * last call's failure is what the caller hears; before any call it is the refusal itself.
 */
export const retryInline: PolicyStep = {
  name: 'retry',
  async execute(ctx, next) {
    const policy = ctx.policy.retry
    const budget = policy.budget ? ctx.retryBudget : null
    let answeredFailures = 0
    let last: Failed | null = null
    let decided: Partial<PolicyContext> = {}
    for (let attempts = ctx.job.attempts; ; attempts++) {
      const outcome = await attempt({ ...ctx, ...decided, job: { ...ctx.job, attempts, answeredFailures } }, next, last)
      if (outcome.kind !== 'called') {
        if (last) budget?.giveBack?.()
        return last ? notRepeated(last, outcome) : outcome
      }
      const { call } = outcome
      if (!last) budget?.deposit()
      const verdict = classifyCall(call.end, policy)
      if (verdict.kind === 'success') return { kind: 'succeeded', call }
      last = { call, failure: verdict }
      if (verdict.kind === 'terminal') return dead(last)
      if (attempts + 1 >= policy.maxAttempts) return dead(last, `that was attempt ${attempts + 1} of ${policy.maxAttempts}`)
      if (call.end.kind === 'answered') answeredFailures++
      const { delayMs } = retryDelay(policy, attempts + 1, call.end, ctx.now(), ctx.random)
      if (ctx.now() + delayMs >= ctx.deadlineAt) {
        return { ...dead(last, `a retry in ${delayMs} ms would come too late`), retryAfterMs: delayMs }
      }
      if (budget && !budget.withdraw()) {
        ctx.emit({ type: 'retry.budget_exhausted', data: { attempt: attempts + 1, reason: verdict.reason } })
        return dead(last, 'retries have used up their share of the calls')
      }
      if (!(await waited(ctx, delayMs))) {
        budget?.giveBack?.()
        return dead(last, 'the caller went away')
      }
      decided = (await ctx.renewed?.()) ?? {}
    }
  },
}

/** One attempt. What of our own breaks after a call was made must not hide how that call ended. */
async function attempt(ctx: PolicyContext, next: Next, last: Failed | null): Promise<Outcome> {
  try {
    return await next(ctx)
  } catch (error) {
    if (!last) throw error
    return { ...dead(last, 'the retry could not be made'), ownError: error }
  }
}

function notRepeated(last: Failed, outcome: Exclude<Outcome, { kind: 'called' }>): Outcome {
  switch (outcome.kind) {
    case 'refused':
      return { ...dead(last, `the retry was refused (${outcome.by})`), retryAfterMs: outcome.retryAfterMs }
    case 'held':
      return dead(last, `the ${outcome.by.kind} “${outcome.by.id}” is paused`)
    case 'dead':
      return outcome.call ? outcome : dead(last, outcome.error)
    case 'retry':
    case 'succeeded':
      throw new Error(`a step inside the retry judged the call: ${outcome.kind}`)
    default:
      return assertNever(outcome)
  }
}

function dead({ call, failure }: Failed, why?: string): Extract<Outcome, { kind: 'dead' }> {
  return { kind: 'dead', class: failure.deathClass, error: why ? `${failure.reason}; ${why}` : failure.reason, call }
}

/** Waits; `false` at once when the caller goes away. */
function waited(ctx: PolicyContext, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (ctx.signal.aborted) return resolve(false)
    const end = (whole: boolean) => {
      cancel()
      ctx.signal.removeEventListener('abort', onAbort)
      resolve(whole)
    }
    const onAbort = () => end(false)
    const cancel = ctx.timer(ms, () => end(true))
    ctx.signal.addEventListener('abort', onAbort, { once: true })
  })
}
