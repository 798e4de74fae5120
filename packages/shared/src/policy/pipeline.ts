import { attemptTimeout } from './attempt-timeout.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { deliverySignal } from './delivery-signal.ts'
import { hedge } from './hedge.ts'
import { pause } from './pause.ts'
import { rateLimit } from './rate-limit.ts'
import { retryInline } from './retry-inline.ts'
import { retry } from './retry.ts'
import { callerDeadline, totalDeadline } from './total-deadline.ts'
import type { Call, Next, Outcome, PolicyContext, PolicyStep } from './types.ts'

/** The order, outermost first. A pause costs no permit, a refused permit no attempt, and only a call counts for the breaker. */
export const JOB_PIPELINE: readonly PolicyStep[] = [totalDeadline, retry, pause, hedge, rateLimit, circuitBreaker, attemptTimeout]

/** The same for a call whose caller waits: it is repeated at once, within the caller's time. */
export const EXECUTE_PIPELINE: readonly PolicyStep[] = [
  callerDeadline,
  retryInline,
  pause,
  hedge,
  rateLimit,
  circuitBreaker,
  attemptTimeout,
]

/** What a job's turn can come to: the retry step has judged every call. */
export type JobOutcome = Exclude<Outcome, { kind: 'called' }>

/** What a call of `/execute` can come to, and how many attempts reached the connector. Hedged calls belong to one attempt. */
export type ExecuteOutcome = Exclude<JobOutcome, { kind: 'retry' }> & { attempts: number }

/** Makes the call. It settles soon after its context's signal is aborted. */
export type CallConnector = (ctx: PolicyContext) => Promise<Call>

/** Runs one turn of a job through all policies. */
export async function runPipeline(ctx: PolicyContext, connector: CallConnector): Promise<JobOutcome> {
  const outcome = await runSteps(JOB_PIPELINE, ctx, connector)
  if (outcome.kind === 'called') throw new Error('no step judged the call')
  return outcome
}

/**
 * Runs one call of `/execute` through all policies, retries too. `ctx.signal` ends with the caller, `ctx.deadlineAt` is what
 * the caller waits for; the connector finds the number of its attempt, less one, in `ctx.job.attempts`. Rejects only when
 * something of our own broke before any call was made.
 */
export async function runExecutePipeline(ctx: PolicyContext, connector: CallConnector): Promise<ExecuteOutcome> {
  let attempts = 0
  const outcome = await runSteps(EXECUTE_PIPELINE, ctx, async (inner) => {
    const call = await connector(inner)
    attempts = Math.max(attempts, inner.job.attempts + 1)
    return call
  })
  if (outcome.kind === 'called' || outcome.kind === 'retry') throw new Error('no step judged the call')
  return { ...outcome, attempts }
}

function runSteps(steps: readonly PolicyStep[], ctx: PolicyContext, connector: CallConnector): Promise<Outcome> {
  const innermost: Next = async (inner) => {
    const call = await connector(inner)
    if (deliverySignal(call.end) === 'disable') inner.onDisable?.()
    return { kind: 'called', call }
  }
  return steps.reduceRight<Next>((next, step) => (inner) => step.execute(inner, next), innermost)(ctx)
}
