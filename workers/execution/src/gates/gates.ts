/**
 * The gates that a call passes: rate limit, concurrency and circuit breaker. What an isolate knows of them (leases of permits,
 * the breaker's last state, retries of the last seconds) is data, shared by `/execute` and the queues; promises never are.
 */
import type { BreakerOverride } from '@orchestrator/shared/contracts/config'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { BreakerGate, RateLimitGate, RetryBudget } from '@orchestrator/shared/policy/types'

/** One call that is to be made, as far as its gates are concerned. */
export interface GatedCall {
  connector: string
  operation: string
  /** The client that asked for it; `null` for a webhook's job. */
  client: string | null
  /** What the limits' keys are evaluated over. */
  input: unknown
  policy: Policy
  /** Whose limits it draws on when they have no key of their own: `Target.limitScope`. */
  limitScope: string
  override: BreakerOverride['state'] | undefined
  /** When operators last reset its breaker, ms; 0: never. */
  resetAt: number
}

/** What one invocation lends to the gates. */
export interface GateTools {
  emit(event: Omit<LogEvent, 'jobId'>): void
  /** `waitUntil`: reports and refreshments that nobody waits for. */
  keep(work: Promise<unknown>): void
  /** Every call of the connector has failed since `failingSince`, ms; told when an answer of its breaker says so. */
  onFailing?(connector: string, policy: Policy, failingSince: number): void
}

/** Calls of one connector and policy that a batch is about to make. */
export interface Demand extends Pick<GatedCall, 'connector' | 'policy' | 'limitScope' | 'override' | 'resetAt'> {
  count: number
}

export interface Gates {
  /** Asks ahead, one hop each for limiter and breaker, for what a batch is about to need. Never throws. */
  prime(demands: readonly Demand[], tools: GateTools): Promise<void>
  rateLimit(call: GatedCall, tools: GateTools): RateLimitGate
  breaker(call: Pick<GatedCall, 'connector' | 'policy' | 'override' | 'resetAt'>, tools: GateTools): BreakerGate
  retryBudget(connector: string, policy: Policy): RetryBudget
  /** Tells the Durable Objects what they were not told yet (results, permits that are not needed); at the end of a batch. */
  flush(tools: GateTools): Promise<void>
}
