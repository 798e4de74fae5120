import { DurableObject } from 'cloudflare:workers'
import type { RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import { type BucketSize, type BucketState, take } from '@orchestrator/shared/policy/token-bucket'

const KEY = 'bucket'

/** The bucket of one key, fleet-wide. Stored before an answer leaves: an evicted bucket must not come back full. */
export class RateLimiter extends DurableObject implements RateLimiterRpc {
  #bucket: BucketState | undefined

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    void ctx.blockConcurrencyWhile(async () => {
      this.#bucket = await ctx.storage.get<BucketState>(KEY)
    })
  }

  /** Answers health checks. */
  ping(): 'ok' {
    return 'ok'
  }

  async acquire(policy: BucketSize, count: number) {
    const { state, ...answer } = take(this.#bucket, policy, count, Date.now())
    this.#bucket = state
    await this.ctx.storage.put(KEY, state)
    return answer
  }
}
