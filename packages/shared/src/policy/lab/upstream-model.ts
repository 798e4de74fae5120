import type { CallEnd } from '../types.ts'
import type { RecordedAttempt, RecordedCall } from './types.ts'

/** What the upstream would have answered, and how sure that is. */
export interface Answer {
  end: CallEnd
  durationMs: number
  /** `own`: the recorded attempt itself. `refusal`: the upstream refused this very call for what it is. `nearest`: what it answered somebody else at that time. */
  from: 'own' | 'refusal' | 'nearest'
}

/** A recorded attempt stands for a simulated one that comes no further from it than this, ms. */
const SAME_TIME_MS = 1_000

/** Statuses that are about the call and not about how the upstream does. */
const ABOUT_THE_CALL = (status: number): boolean => status >= 400 && status < 500 && ![408, 425, 429].includes(status)

/** Whether it tells of the call alone. */
function isRefusal({ outcome, status, failure }: RecordedAttempt): boolean {
  return failure === 'config' || (outcome !== 'success' && status !== null && ABOUT_THE_CALL(status))
}

/**
 * An upstream that behaves as it was recorded: at any time it answers as it answered the attempt that is nearest in time. A call
 * that it refused for what it is (400, 404, 422 …), and never took after all, it always refuses; others do not hear of that.
 */
export class UpstreamModel {
  readonly #timeline: readonly RecordedAttempt[]

  constructor(attempts: readonly RecordedAttempt[]) {
    const answered = attempts.filter(({ failure }) => failure !== 'aborted').toSorted((a, b) => a.startedAt - b.startedAt)
    const telling = answered.filter((one) => !isRefusal(one))
    this.#timeline = telling.length > 0 ? telling : answered
  }

  /** `attempt` counts from 1; `attemptMs` is the time that the policy gives it. */
  answer(call: RecordedCall, attempt: number, at: number, attemptMs: number): Answer {
    const refusal = call.attempts.some(({ outcome }) => outcome === 'success') ? undefined : call.attempts.find(isRefusal)
    if (refusal) return { ...within(refusal, attemptMs), from: 'refusal' }
    const own = call.attempts[attempt - 1]
    if (own && own.failure !== 'aborted' && Math.abs(own.startedAt - at) <= SAME_TIME_MS)
      return { ...within(own, attemptMs), from: 'own' }
    return { ...within(this.#nearest(at), attemptMs), from: 'nearest' }
  }

  #nearest(at: number): RecordedAttempt {
    const after = firstFrom(this.#timeline, at)
    const [before, next] = [this.#timeline[after - 1], this.#timeline[after]]
    const nearest = !before || (next && next.startedAt - at < at - before.startedAt) ? next : before
    if (!nearest) throw new Error('a model needs an attempt')
    return nearest
  }
}

/** The place of the first attempt that began at a time or later. */
function firstFrom(timeline: readonly RecordedAttempt[], at: number): number {
  let [low, high] = [0, timeline.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((timeline[middle]?.startedAt ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** An answer that comes later than the policy waits is a timeout; one that was not awaited then stays one. */
function within(recorded: RecordedAttempt, attemptMs: number): Omit<Answer, 'from'> {
  const { durationMs, status, failure } = recorded
  if (failure === 'timeout' || durationMs > attemptMs) {
    return { end: { kind: 'timeout', afterMs: attemptMs }, durationMs: attemptMs }
  }
  if (failure === 'network') return { end: { kind: 'network', error: 'as recorded' }, durationMs }
  if (failure === 'config' || status === null) return { end: { kind: 'config', error: 'as recorded' }, durationMs }
  return { end: { kind: 'answered', status, headers: {}, success: recorded.outcome === 'success' }, durationMs }
}
