import type { PolicyLabReport } from '../../contracts/policy-lab.ts'
import type { Policy } from '../../contracts/policy.ts'
import { toTime } from '../../core/time.ts'
import { measure, observedStories } from './measure.ts'
import { seededRandom } from '../../core/seeded-random.ts'
import { simulatePolicy, type SimulatedRun } from './simulate.ts'
import type { CallStory, RecordedAttempt, RecordedCall } from './types.ts'
import { UpstreamModel } from './upstream-model.ts'

const MAX_DIFFERING = 20
/** The same request gives the same report. */
const SEED = 1

export interface LabInput {
  draft: Policy
  /** What the connector goes by now; null where it is gone. */
  inForce: Policy | null
  calls: readonly RecordedCall[]
  /** All attempts of the connector in the period, those of the calls too: how the upstream did. */
  attempts: readonly RecordedAttempt[]
}

/** Runs the same calls under the draft and under the policy in force, and compares both with what happened. */
export async function runLab(
  input: LabInput,
): Promise<Pick<PolicyLabReport, 'observed' | 'inForce' | 'draft' | 'differing' | 'assumptions'>> {
  const observed = observedStories(input.calls)
  // Calls that were all given up tell nothing of the upstream.
  if (input.calls.length === 0 || input.attempts.every(({ failure }) => failure === 'aborted')) {
    const nothing = measure([], { breakerOpenedAt: [] })
    return {
      observed: measure(observed, null),
      inForce: input.inForce && nothing,
      draft: nothing,
      differing: [],
      assumptions: [],
    }
  }
  const upstream = new UpstreamModel(input.attempts)
  const simulate = (policy: Policy) => simulatePolicy(policy, input.calls, upstream, seededRandom(SEED))
  const draft = await simulate(input.draft)
  const inForce = input.inForce && (await simulate(input.inForce))
  return {
    observed: measure(observed, null),
    inForce: inForce && measure(inForce.stories, inForce),
    draft: measure(draft.stories, draft),
    differing: differing(observed, draft.stories),
    assumptions: assumptions(input.draft, draft),
  }
}

function differing(observed: readonly CallStory[], draft: readonly CallStory[]): PolicyLabReport['differing'] {
  const pairs = observed.flatMap((before, i) => {
    const after = draft[i]
    return after && after.outcome !== before.outcome ? [{ before, after }] : []
  })
  return pairs.slice(0, MAX_DIFFERING).map(({ before, after }) => ({
    id: before.id,
    arrivedAt: toTime(before.arrivedAt),
    observed: summary(before),
    draft: summary(after),
  }))
}

function summary({ outcome, attempts, arrivedAt, endedAt }: CallStory) {
  return { outcome, attempts: attempts.length, durationMs: endedAt === null ? null : endedAt - arrivedAt }
}

function assumptions(policy: Policy, run: SimulatedRun): string[] {
  const sentences = [
    'At any time the upstream answers as it answered the recorded attempt nearest in time; a call that it refused for what it is (400, 404, 422 …) it always refuses.',
    'An answer that came later than the draft waits counts as a timeout, and a recorded timeout stays one however long the draft waits.',
    'Retry-After is not in the log, so no wait follows it. Jobs begin at their recorded first attempt.',
  ]
  if (run.guessedAttempts > 0) {
    sentences.push(`${run.guessedAttempts} attempts have no recorded one at their time: their answers are those of other calls.`)
  }
  if (policy.rateLimit?.key || policy.concurrency?.key) {
    sentences.push('Keys of limits are not evaluated: all calls share one limit, so the draft is stricter here than it would be.')
  }
  if (policy.hedge) sentences.push('Hedged calls are left out.')
  if (run.stories.some(({ outcome }) => outcome === 'unfinished'))
    sentences.push('Some calls did not come to an end: the draft makes more turns than the lab takes.')
  return sentences
}
