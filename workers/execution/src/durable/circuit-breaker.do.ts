import { DurableObject } from 'cloudflare:workers'
import type { BreakerReport, BreakerStanding, CircuitBreakerRpc } from '@orchestrator/shared/contracts/breaker'
import type { CircuitBreakerPolicy } from '@orchestrator/shared/contracts/policy'
import { type BreakerState, CLOSED, exchange, standing } from '@orchestrator/shared/policy/breaker-state'

const KEY = 'state'

/** Successes alone are stored at most this often, ms: losing some to an eviction can only make the breaker warier. */
const STORE_SUCCESSES_EVERY_MS = 5_000

/** The breaker of one connector, fleet-wide. Its state is stored before an answer leaves, and survives eviction. */
export class CircuitBreaker extends DurableObject implements CircuitBreakerRpc {
  #state: BreakerState = CLOSED
  #storedAt = 0

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    void ctx.blockConcurrencyWhile(async () => {
      this.#state = { ...CLOSED, ...(await ctx.storage.get<BreakerState>(KEY)) }
    })
  }

  async acquire(policy: CircuitBreakerPolicy, count: number, reports: readonly BreakerReport[] = [], resetAt = 0) {
    const now = Date.now()
    const before = this.#state
    const { grant, state, transitions } = exchange(before, policy, reports, count, now, resetAt)
    this.#state = state
    if (state !== before && this.#isTelling(before, state, reports, now)) {
      this.#storedAt = now
      await this.ctx.storage.put(KEY, state)
    }
    return { grant, transitions, failingSince: state.failingSince }
  }

  /** How it stands, for people. */
  look(policy: CircuitBreakerPolicy): BreakerStanding {
    return standing(this.#state, policy, Date.now())
  }

  /** Answers health checks. */
  ping(): 'ok' {
    return 'ok'
  }

  /** Whether the change must be stored now. */
  #isTelling(before: BreakerState, state: BreakerState, reports: readonly BreakerReport[], now: number): boolean {
    return (
      state.phase !== 'closed' ||
      before.phase !== 'closed' ||
      state.resetAt !== before.resetAt ||
      state.failingSince !== before.failingSince ||
      reports.some(({ failures }) => failures > 0) ||
      now - this.#storedAt >= STORE_SUCCESSES_EVERY_MS
    )
  }
}
