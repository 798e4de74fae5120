import { DurableObject } from 'cloudflare:workers'
import type { BucketRpc } from '@orchestrator/shared/contracts/breaker'

import { type BucketSize, type BucketState, take } from '@orchestrator/shared/policy/token-bucket'

const KEY = 'bucket'

/** The bucket of one provider's verified webhooks, fleet-wide. Only providers with a rate limit have one. */
export class ProviderLimiter extends DurableObject implements BucketRpc {
  #bucket: BucketState | undefined

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    void ctx.blockConcurrencyWhile(async () => {
      this.#bucket = await ctx.storage.get<BucketState>(KEY)
    })
  }

  async acquire(policy: BucketSize, count: number) {
    const { state, ...answer } = take(this.#bucket, policy, count, Date.now())
    this.#bucket = state
    await this.ctx.storage.put(KEY, state)
    return answer
  }
}
