import { DurableObject } from 'cloudflare:workers'
import type { BreakerReport, CircuitBreakerRpc } from '@orchestrator/shared/contracts/breaker'
import type { CircuitBreakerPolicy } from '@orchestrator/shared/contracts/policy'
import { acquire, type BreakerState, CLOSED, report, type Step } from './circuit-breaker.ts'

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
      this.#state = (await ctx.storage.get<BreakerState>(KEY)) ?? CLOSED
    })
  }

  async acquire(policy: CircuitBreakerPolicy, count: number) {
    const { grant, ...step } = acquire(this.#state, policy, count, Date.now())
    await this.#keep(step, step.state !== this.#state)
    return { grant, transitions: step.transitions }
  }

  async report(policy: CircuitBreakerPolicy, results: BreakerReport) {
    const now = Date.now()
    const step = report(this.#state, policy, results, now)
    const telling = results.failures > 0 || step.state.phase !== 'closed' || now - this.#storedAt >= STORE_SUCCESSES_EVERY_MS
    await this.#keep(step, step.transitions.length > 0 || (step.state !== this.#state && telling))
    return { transitions: step.transitions }
  }

  /** Answers health checks. */
  ping(): 'ok' {
    return 'ok'
  }

  async #keep({ state }: Step, store: boolean): Promise<void> {
    this.#state = state
    if (!store) return
    this.#storedAt = Date.now()
    await this.ctx.storage.put(KEY, state)
  }
}
