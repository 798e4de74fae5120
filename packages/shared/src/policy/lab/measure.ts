import type { LabMeasures } from '../../contracts/policy-lab.ts'
import { toTime } from '../../core/time.ts'
import type { CallStory, RecordedCall } from './types.ts'

/** The recorded calls as stories. Whether one that failed was to be tried again the log of attempts does not tell: it counts as failed. */
export function observedStories(calls: readonly RecordedCall[]): CallStory[] {
  return calls.map(({ id, attempts }) => {
    const last = attempts.at(-1)
    return {
      id,
      arrivedAt: attempts[0]?.startedAt ?? 0,
      outcome: last?.outcome === 'success' ? 'succeeded' : 'failed',
      endedAt: last ? last.startedAt + last.durationMs : null,
      attempts: attempts.map(({ startedAt, durationMs, outcome }) => ({ startedAt, durationMs, failed: outcome !== 'success' })),
      refused: {},
    }
  })
}

/** The figures of some stories. `run` has what only a simulation tells. */
export function measure(stories: readonly CallStory[], run: { breakerOpenedAt: readonly number[] } | null): LabMeasures {
  const of = (outcome: CallStory['outcome']) => stories.filter((story) => story.outcome === outcome)
  const succeeded = of('succeeded')
  const attempts = stories.flatMap((story) => story.attempts)
  const refused = new Map<string, number>()
  for (const story of stories) {
    for (const [by, times] of Object.entries(story.refused)) refused.set(by, (refused.get(by) ?? 0) + times)
  }
  return {
    calls: stories.length,
    succeeded: succeeded.length,
    failed: of('failed').length,
    unfinished: of('unfinished').length,
    attempts: attempts.length,
    attemptsPerCall: stories.length === 0 ? 0 : Math.round((attempts.length / stories.length) * 100) / 100,
    failedAttempts: attempts.filter(({ failed }) => failed).length,
    timeToSuccess: spread(succeeded.map((story) => (story.endedAt ?? 0) - story.arrivedAt)),
    peakPerSecond: peak(attempts.map(({ startedAt }) => startedAt)),
    refused: run ? Object.fromEntries(refused) : null,
    breakerOpenedAt: run ? run.breakerOpenedAt.map((at) => toTime(Math.round(at))) : null,
  }
}

function spread(times: number[]): LabMeasures['timeToSuccess'] {
  const sorted = times.toSorted((a, b) => a - b)
  const max = sorted.at(-1)
  if (max === undefined) return null
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? max
  return { p50: at(0.5), p95: at(0.95), max }
}

/** The most within any second: a window slides over the sorted times. */
function peak(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  let most = 0
  for (let first = 0, last = 0; last < sorted.length; last++) {
    while (sorted[last]! - sorted[first]! >= 1_000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
