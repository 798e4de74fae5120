import { attemptTimeout } from './attempt-timeout.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { pause } from './pause.ts'
import { rateLimit } from './rate-limit.ts'
import { retry } from './retry.ts'
import { totalDeadline } from './total-deadline.ts'
import type { Call, Next, Outcome, PolicyContext, PolicyStep } from './types.ts'

/** The order, outermost first. A pause costs no permit, a refused permit no attempt, and only a call counts for the breaker. */
export const JOB_PIPELINE: readonly PolicyStep[] = [totalDeadline, retry, pause, rateLimit, circuitBreaker, attemptTimeout]

/** What a job's turn can come to: the retry step has judged every call. */
export type JobOutcome = Exclude<Outcome, { kind: 'called' }>

/** Runs one turn of a job through all policies. `connector` settles soon after its context's signal is aborted. */
export async function runPipeline(
  ctx: PolicyContext,
  connector: (ctx: PolicyContext) => Promise<Call>,
  steps: readonly PolicyStep[] = JOB_PIPELINE,
): Promise<JobOutcome> {
  const innermost: Next = async (inner) => ({ kind: 'called', call: await connector(inner) })
  const run = steps.reduceRight<Next>((next, step) => (inner) => step.execute(inner, next), innermost)
  const outcome = await run(ctx)
  if (outcome.kind === 'called') throw new Error('no step judged the call')
  return outcome
}
