import type { LogEvent } from '../contracts/events.ts'
import type { Policy } from '../contracts/policy.ts'
import type { Call, CallEnd, PolicyContext } from '../policy/types.ts'

/** The billing policy of the design. */
export function testPolicy(changes: Partial<Policy> = {}): Policy {
  return {
    id: 'billing',
    timeout: { perAttemptMs: 5_000, totalMs: 86_400_000 },
    retry: {
      maxAttempts: 4,
      backoff: 'exponential',
      baseMs: 1_000,
      maxMs: 8_000,
      jitter: 'equal',
      retryOn: ['408', '425', '429', '5xx', 'timeout', 'network'],
      stopOn: ['410'],
      respectRetryAfter: true,
      retryAfterCapMs: 60_000,
      resetHeaders: false,
      budget: null,
    },
    circuitBreaker: {
      windowMs: 30_000,
      minCalls: 10,
      failureRate: 0.5,
      openMs: 5_000,
      halfOpenCalls: 1,
      countAsFailure: ['5xx', 'timeout', 'network'],
      onUnavailable: 'failOpen',
    },
    rateLimit: null,
    concurrency: null,
    hedge: null,
    autoPause: null,
    idempotency: { required: false, ttlMs: 86_400_000, keyPer: 'job' },
    ...changes,
  }
}

/** A clock that only moves when told, with timers on it. */
export class FakeClock {
  #now: number
  #timers: { at: number; callback: () => void }[] = []

  constructor(now = 1_000_000) {
    this.#now = now
  }

  now = (): number => this.#now

  timer = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + ms, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  get pending(): number {
    return this.#timers.length
  }

  advance(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter((timer) => timer.at <= this.#now)
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now)
    for (const timer of due) timer.callback()
  }
}

/** A context in which everything is allowed; `events` collects what is emitted. */
export function testContext(
  clock: FakeClock,
  changes: Partial<PolicyContext> = {},
): PolicyContext & { events: Omit<LogEvent, 'jobId'>[] } {
  const events: Omit<LogEvent, 'jobId'>[] = []
  return {
    policy: testPolicy(),
    job: { attempts: 0, firstStartedAt: clock.now(), deferredByBreaker: false },
    pausedBy: null,
    rateLimit: { enter: async () => ({ allowed: true, release: () => undefined }) },
    breaker: { enter: async () => ({ allowed: true, settle: () => undefined }) },
    retryBudget: { deposit: () => undefined, withdraw: () => true },
    idempotent: true,
    lease: { until: clock.now() + 20_000, attemptMs: 5_000 },
    deadlineAt: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    attemptMs: 0,
    now: clock.now,
    random: () => 0.5,
    timer: clock.timer,
    emit: (event) => void events.push(event),
    events,
    ...changes,
  }
}

/** A call that ended this way. */
export function testCall(end: CallEnd): Call {
  return {
    end,
    operation: 'set-subscription',
    method: 'PUT',
    url: 'https://billing.example/subscriptions/sub_1',
    startedAt: 1_000,
    durationMs: 5,
    idempotencyKey: 'job_1',
    excerpt: null,
    body: null,
  }
}

export function answered(status: number, retryAfter: string | null = null): CallEnd {
  return { kind: 'answered', status, headers: retryAfter === null ? {} : { 'retry-after': retryAfter }, success: null }
}
