import type { Pause } from '../contracts/config.ts'
import type { LogEvent } from '../contracts/events.ts'
import type { DeathClass } from '../contracts/jobs.ts'
import type { Policy } from '../contracts/policy.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Random } from '../core/ids.ts'

/** Headers of an answer that policies read. */
export const POLICY_HEADERS = [
  'retry-after',
  'ratelimit',
  'ratelimit-reset',
  'ratelimit-remaining',
  'x-ratelimit-reset',
  'x-ratelimit-reset-after',
  'x-ratelimit-remaining',
  'webhook-delivery',
] as const

/** How one call of an upstream ended, before anybody judged it. */
export type CallEnd =
  | {
      kind: 'answered'
      status: number
      /** The headers of {@link POLICY_HEADERS} that it had, by lower-case name. */
      headers: Readonly<Record<string, string>>
      /** What the operation's own rule says, where it has one. */
      success: boolean | null
      /** Why a redirect was not followed, where the connector follows some. */
      refused?: string
    }
  /** Sent, and no whole answer in time: the upstream may or may not have acted. */
  | { kind: 'timeout'; afterMs: number }
  | { kind: 'network'; error: string }
  /** Given up by us while it was out (the caller went away, a hedged call was faster): whether the upstream acted is unknown. */
  | { kind: 'aborted'; reason: string }
  /** Never sent: our configuration does not allow it (a missing secret, a refused address, a mapping that fails). */
  | { kind: 'config'; error: string }

/** One call, as the connector saw it. Times in ms. */
export interface Call {
  end: CallEnd
  operation: string
  method: string
  url: string
  startedAt: number
  durationMs: number
  idempotencyKey: string
  /** The start of the answer, for the operator. */
  excerpt: string | null
  /** The answer for the job's result: JSON as a value, else text; `null` when it was too large to keep. */
  body: unknown
}

/** What became of one turn. `called` is what the connector answers; the retry step turns it into the next three. */
export type Outcome =
  | { kind: 'called'; call: Call }
  | { kind: 'succeeded'; call: Call }
  | { kind: 'retry'; call: Call; attempt: number; delayMs: number; capMs: number; reason: string; deathClass: DeathClass }
  | {
      kind: 'dead'
      class: DeathClass
      error: string
      /** The last call that was made, if any was. */
      call: Call | null
      /** How long to wait, ms: of `/execute`, where a retry was due and did not fit into the caller's time. */
      retryAfterMs?: number
      /** What of our own broke when the retry was to be made; to be reported. */
      ownError?: unknown
    }
  /** Not called, and nobody's fault: costs no attempt. */
  | { kind: 'refused'; by: RefusedBy; retryAfterMs: number; limit?: LimitState }
  | { kind: 'held'; by: Pause }

/** `platform`: something of our own failed. */
export type RefusedBy = 'rate_limit' | 'concurrency' | 'circuit_breaker' | 'retry_budget' | 'lease' | 'platform'

/** How a rate limit stands, for the `RateLimit` headers. Times in ms. */
export interface LimitState {
  limit: number
  perMs: number
  remaining: number
  resetMs: number
}

/** A permit, or when to ask again. */
export type Entry<Permit = object> = ({ allowed: true } & Permit) | { allowed: false; retryAfterMs: number }

/** Where the breaker step gets its permit and says what came of it. */
export interface BreakerGate {
  enter(): Promise<Entry<{ settle(result: 'success' | 'failure' | 'unused'): void }>>
}

/** Where the rate-limit step gets its permit. Whoever was let in calls `release` when the call has ended. */
export interface RateLimitGate {
  enter(): Promise<
    | {
        allowed: true
        limit?: LimitState
        release(): void
        /** The breaker's answer, where it was asked before the permit was taken: a permit must not age while it is asked. */
        breaker?: BreakerGate
      }
    | { allowed: false; by: 'rate_limit' | 'concurrency'; retryAfterMs: number; limit?: LimitState }
  >
}

/** Keeps retries a share of all calls of a connector. */
export interface RetryBudget {
  /** A first attempt was made. */
  deposit(): void
  /** Whether a retry may be made now; if so it is counted. */
  withdraw(): boolean
  /** A retry that was counted was not made after all: something else kept it from being sent. */
  giveBack?(): void
}

/** All that the steps know and may use. Steps hand a narrowed copy on. */
export interface PolicyContext {
  readonly policy: Policy
  readonly job: {
    /** Attempts concluded in this generation: the one that runs has the next number. */
    readonly attempts: number
    /** How many of them the upstream answered with a failure, counted by the inline retry; a job's row tells its own. */
    readonly answeredFailures?: number
    /** First claim of this generation, ms. */
    readonly firstStartedAt: number
    /** Whether the breaker is what it waited for last. */
    readonly deferredByBreaker: boolean
  }
  /** What an operator paused that this job needs. */
  readonly pausedBy: Pause | null
  readonly rateLimit: RateLimitGate
  readonly breaker: BreakerGate
  /** The same before a repetition that somebody waits for, by what operators decided meanwhile. Never rejects. */
  readonly renewed?: () => Promise<Pick<PolicyContext, 'pausedBy' | 'rateLimit' | 'breaker'>>
  readonly retryBudget: RetryBudget
  /** Whether the call changes nothing more when it is made twice. */
  readonly idempotent: boolean
  /**
   * When another consumer may take the job over, ms, and the attempt time that was allowed for when the lease was taken.
   * `/execute` has none.
   */
  readonly lease: { readonly until: number; readonly attemptMs: number } | null
  /** When the whole work must have ended, ms: at first what the caller asks for, then what the deadline step makes of it. */
  readonly deadlineAt: number
  /** Ends the attempt. Its first value ends with the caller; the timeout step narrows it. */
  readonly signal: AbortSignal
  /** The attempt's share of time, ms. Set by the timeout step. */
  readonly attemptMs: number
  readonly now: Clock
  readonly random: Random
  /** Told of every answer by which the receiver asks to be called no more (`webhook-delivery: disable`). */
  readonly onDisable?: () => void
  readonly timer: Timer
  readonly emit: (event: Omit<LogEvent, 'jobId'>) => void
}

export type Next = (ctx: PolicyContext) => Promise<Outcome>

/** One policy: does its part, and calls `next` or not. */
export interface PolicyStep {
  readonly name: string
  execute(ctx: PolicyContext, next: Next): Promise<Outcome>
}
