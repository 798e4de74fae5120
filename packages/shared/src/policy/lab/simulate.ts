import type { Policy } from '../../contracts/policy.ts'
import type { Random } from '../../core/ids.ts'
import { type BreakerState, CLOSED, exchange } from '../breaker-state.ts'
import { runPipeline } from '../pipeline.ts'
import { countFirst, type RetryCounts, tryRetry, uncountRetry } from '../retry-counts.ts'
import { type BucketState, take } from '../token-bucket.ts'
import type { BreakerGate, Call, PolicyContext, RateLimitGate } from '../types.ts'
import { EventQueue } from './event-queue.ts'
import type { CallStory, RecordedCall } from './types.ts'
import type { UpstreamModel } from './upstream-model.ts'

/** Turns after which the lab gives up: a policy that retries without end must not run without end. */
export const MAX_TURNS = 50_000
/** When a call that found no place asks again, ms. */
const PLACE_RETRY_MS = 1_000

export interface SimulatedRun {
  stories: CallStory[]
  /** Times that the breaker opened, ms since the epoch. */
  breakerOpenedAt: number[]
  /** Attempts whose answer is that of another call. */
  guessedAttempts: number
}

interface Life {
  recorded: RecordedCall
  attempts: number
  firstStartedAt: number
  deferredByBreaker: boolean
  story: { -readonly [K in keyof CallStory]: CallStory[K] } & { attempts: CallStory['attempts'][number][] }
}

/**
 * Runs recorded calls through the very pipeline that execution runs, on a clock that jumps from event to event, against an
 * upstream that behaves as recorded. Every gate is asked at the time of the turn and hears the result at the end of the call.
 * One fleet-wide breaker, bucket and budget. Hedging and pauses are left out. Deterministic for a given `random`.
 */
export async function simulatePolicy(
  policy: Policy,
  calls: readonly RecordedCall[],
  upstream: UpstreamModel,
  random: Random,
): Promise<SimulatedRun> {
  const lab = new Lab({ ...policy, hedge: null, autoPause: null }, upstream, random)
  return lab.run(calls)
}

class Lab {
  readonly #policy: Policy
  readonly #upstream: UpstreamModel
  readonly #random: Random
  readonly #queue = new EventQueue()
  readonly #budget: RetryCounts = { buckets: [] }
  readonly #openedAt: number[] = []
  #breaker: BreakerState = CLOSED
  #bucket: BucketState | undefined
  #inFlight = 0
  #now = 0
  #turns = 0
  #guessed = 0

  constructor(policy: Policy, upstream: UpstreamModel, random: Random) {
    this.#policy = policy
    this.#upstream = upstream
    this.#random = random
  }

  async run(calls: readonly RecordedCall[]): Promise<SimulatedRun> {
    const lives = calls.map(begin)
    for (const life of lives) this.#queue.add(life.firstStartedAt, () => this.#turn(life))
    for (let event = this.#queue.take(); event && this.#turns < MAX_TURNS; event = this.#queue.take()) {
      this.#now = event.at
      await event.run()
    }
    return {
      stories: lives.map(({ story }) => story),
      breakerOpenedAt: this.#openedAt,
      guessedAttempts: this.#guessed,
    }
  }

  /** One turn of a job. The pipeline moves the clock to the end of its call; what others see of it is told by the queue. */
  async #turn(life: Life): Promise<void> {
    this.#turns++
    const outcome = await runPipeline(this.#context(life), async (ctx) => this.#call(life, ctx.attemptMs))
    const { story } = life
    switch (outcome.kind) {
      case 'succeeded':
      case 'dead':
        story.outcome = outcome.kind === 'dead' ? 'failed' : 'succeeded'
        story.endedAt = this.#now
        return
      case 'retry':
        life.attempts = outcome.attempt
        life.deferredByBreaker = false
        this.#queue.add(this.#now + outcome.delayMs, () => this.#turn(life))
        return
      case 'refused':
        story.refused = { ...story.refused, [outcome.by]: (story.refused[outcome.by] ?? 0) + 1 }
        life.deferredByBreaker = outcome.by === 'circuit_breaker'
        this.#queue.add(this.#now + Math.max(1, outcome.retryAfterMs), () => this.#turn(life))
        return
      case 'held':
        throw new Error('nothing is paused in the lab')
    }
  }

  #call(life: Life, attemptMs: number): Call {
    const { end, durationMs, from } = this.#upstream.answer(life.recorded, life.attempts + 1, this.#now, attemptMs)
    if (from === 'nearest') this.#guessed++
    const startedAt = this.#now
    this.#now += durationMs
    const failed = !(end.kind === 'answered' && end.success)
    life.story.attempts.push({ startedAt, durationMs, failed })
    return { end, operation: '', method: '', url: '', startedAt, durationMs, idempotencyKey: '', excerpt: null, body: null }
  }

  #context(life: Life): PolicyContext {
    const { attempts, firstStartedAt, deferredByBreaker } = life
    return {
      policy: this.#policy,
      job: { attempts, firstStartedAt, deferredByBreaker },
      pausedBy: null,
      rateLimit: this.#rateLimitGate(),
      breaker: this.#breakerGate(),
      retryBudget: {
        // Called when the clock has moved on already: others that come before the end of the call do not know of it.
        deposit: () => this.#queue.add(this.#now, async () => countFirst(this.#budget, this.#now)),
        withdraw: () => tryRetry(this.#budget, this.#policy.retry.budget, this.#now),
        giveBack: () => uncountRetry(this.#budget),
      },
      idempotent: false,
      lease: null,
      deadlineAt: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      attemptMs: 0,
      now: () => this.#now,
      random: this.#random,
      // The upstream's model keeps the time itself.
      timer: () => () => undefined,
      emit: () => undefined,
    }
  }

  /** In execution's order: where the breaker refuses, nothing is spent, and it is the breaker that says so. */
  #rateLimitGate(): RateLimitGate {
    return {
      enter: async () => {
        const { rateLimit, concurrency } = this.#policy
        const refusing = this.#openFor()
        if (refusing > 0) return handOn({ allowed: false, retryAfterMs: refusing })
        if (concurrency && this.#inFlight >= concurrency.limit) {
          return { allowed: false, by: 'concurrency', retryAfterMs: PLACE_RETRY_MS }
        }
        const breaker = await this.#breakerGate().enter()
        if (!breaker.allowed) return handOn(breaker)
        if (rateLimit) {
          const taken = take(this.#bucket, rateLimit, 1, this.#now)
          this.#bucket = taken.state
          if (taken.permits === 0) {
            breaker.settle('unused')
            return { allowed: false, by: 'rate_limit', retryAfterMs: taken.retryAfterMs }
          }
        }
        this.#inFlight++
        // Called when the clock has moved on already; to the others the place is free then and not before.
        const release = () => this.#queue.add(this.#now, async () => void this.#inFlight--)
        return { allowed: true, release, breaker: { enter: async () => breaker } }
      },
    }
  }

  #breakerGate(): BreakerGate {
    return {
      enter: async () => {
        const policy = this.#policy.circuitBreaker
        if (!policy) return { allowed: true, settle: () => undefined }
        const { grant } = this.#exchange([], 1)
        if (grant.permits === 0) return { allowed: false, retryAfterMs: Math.max(1, grant.retryAfterMs) }
        return {
          allowed: true,
          settle: (result) => {
            const counts = { successes: 0, failures: 0, unused: 0 }
            counts[({ success: 'successes', failure: 'failures', unused: 'unused' } as const)[result]] = 1
            this.#queue.add(this.#now, async () => void this.#exchange([{ generation: grant.generation, ...counts }], 0))
          },
        }
      },
    }
  }

  /** How long an open breaker lets nothing through, ms; 0 where it is not open, or may be tried. */
  #openFor(): number {
    const policy = this.#policy.circuitBreaker
    if (!policy || this.#breaker.phase !== 'open') return 0
    return Math.max(0, this.#breaker.openedAt + policy.openMs - this.#now)
  }

  #exchange(reports: Parameters<typeof exchange>[2], count: number) {
    const policy = this.#policy.circuitBreaker
    if (!policy) throw new Error('there is no breaker')
    const { state, grant, transitions } = exchange(this.#breaker, policy, reports, count, this.#now)
    this.#breaker = state
    this.#openedAt.push(...transitions.flatMap(({ to, at }) => (to === 'open' ? at : [])))
    return { grant }
  }
}

/** Lets the call on to the breaker, which refuses it. */
function handOn(entry: Awaited<ReturnType<BreakerGate['enter']>>): Awaited<ReturnType<RateLimitGate['enter']>> {
  return { allowed: true, release: () => undefined, breaker: { enter: async () => entry } }
}

function begin(recorded: RecordedCall): Life {
  const arrivedAt = recorded.attempts[0]?.startedAt ?? 0
  return {
    recorded,
    attempts: 0,
    firstStartedAt: arrivedAt,
    deferredByBreaker: false,
    story: { id: recorded.id, arrivedAt, outcome: 'unfinished', endedAt: null, attempts: [], refused: {} },
  }
}
