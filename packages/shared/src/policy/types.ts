import type { Pause } from '../contracts/config.ts'
import type { LogEvent } from '../contracts/events.ts'
import type { DeathClass } from '../contracts/jobs.ts'
import type { Policy } from '../contracts/policy.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/ids.ts'

/** How one call of an upstream ended, before anybody judged it. */
export type CallEnd =
  | { kind: 'answered'; status: number; retryAfter: string | null }
  /** Sent, and no whole answer in time: the upstream may or may not have acted. */
  | { kind: 'timeout'; afterMs: number }
  | { kind: 'network'; error: string }
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

/** What became of one turn of a job. `called` is what the connector answers; the retry step turns it into the next three. */
export type Outcome =
  | { kind: 'called'; call: Call }
  | { kind: 'succeeded'; call: Call }
  | { kind: 'retry'; call: Call; attempt: number; delayMs: number; capMs: number; reason: string; deathClass: DeathClass }
  | { kind: 'dead'; class: DeathClass; error: string; call: Call | null }
  /** Not called, and nobody's fault: costs no attempt. */
  | { kind: 'refused'; by: RefusedBy; retryAfterMs: number }
  | { kind: 'held'; by: Pause }

/** `platform`: something of our own failed. */
export type RefusedBy = 'rate_limit' | 'circuit_breaker' | 'lease' | 'platform'

/** A permit, or when to ask again. */
export type Entry<Permit = object> = ({ allowed: true } & Permit) | { allowed: false; retryAfterMs: number }

/** Where the breaker step gets its permit and says what came of it. */
export interface BreakerGate {
  enter(): Promise<Entry<{ settle(result: 'success' | 'failure' | 'unused'): void }>>
}

export interface RateLimitGate {
  enter(): Promise<Entry>
}

/** All that the steps know and may use. Steps hand a narrowed copy on. */
export interface PolicyContext {
  readonly policy: Policy
  readonly job: {
    /** Attempts concluded in this generation. */
    readonly attempts: number
    /** First claim of this generation, ms. */
    readonly firstStartedAt: number
    /** Whether the breaker is what it waited for last. */
    readonly deferredByBreaker: boolean
  }
  /** What an operator paused that this job needs. */
  readonly pausedBy: Pause | null
  readonly rateLimit: RateLimitGate
  readonly breaker: BreakerGate
  /** When another consumer may take the job over, ms, and the attempt time that was allowed for when the lease was taken. */
  readonly lease: { readonly until: number; readonly attemptMs: number }
  /** When the whole work must have ended, ms. Set by the deadline step. */
  readonly deadlineAt: number
  /** Ends the attempt. Set by the timeout step. */
  readonly signal: AbortSignal
  /** The attempt's share of time, ms. Set by the timeout step. */
  readonly attemptMs: number
  readonly now: Clock
  readonly random: Random
  /** Calls back after `ms`; the answer cancels. */
  readonly timer: (ms: number, callback: () => void) => () => void
  readonly emit: (event: Omit<LogEvent, 'jobId'>) => void
}

export type Next = (ctx: PolicyContext) => Promise<Outcome>

/** One policy: does its part, and calls `next` or not. */
export interface PolicyStep {
  readonly name: string
  execute(ctx: PolicyContext, next: Next): Promise<Outcome>
}
