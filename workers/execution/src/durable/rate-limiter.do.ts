import { DurableObject } from 'cloudflare:workers'
import type { RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import type { ConcurrencyPolicy } from '@orchestrator/shared/contracts/policy'
import type { BucketSize } from '@orchestrator/shared/policy/token-bucket'
import { type LeaseBucket, lend, recall, type StoredBucket } from './lease-bucket.ts'
import { Places } from './places.ts'

const BUCKET = 'bucket'
const PLACE = 'place:'
/** The limit of one `delete`, keys. */
const MAX_DELETE = 128
/** A limiter that nobody asks is looked at this often, and forgotten once it is as if it had never been, ms. */
const TIDY_MS = 3_600_000

/** The limiter of one key, fleet-wide: the bucket that permits are leased from, or the places for calls in flight. */
export class RateLimiter extends DurableObject implements RateLimiterRpc {
  #bucket: LeaseBucket = recall(undefined, 0)
  #places = new Places()
  #tidies = false

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    void ctx.blockConcurrencyWhile(async () => {
      const [stored, held, alarm] = await Promise.all([
        ctx.storage.get<StoredBucket>(BUCKET),
        ctx.storage.list<number>({ prefix: PLACE }),
        ctx.storage.getAlarm(),
      ])
      this.#bucket = recall(stored, Date.now())
      this.#places = new Places([...held].map(([key, until]) => [key.slice(PLACE.length), until]))
      this.#tidies = alarm !== null
    })
  }

  /** Answers health checks. */
  ping(): 'ok' {
    return 'ok'
  }

  async acquire(policy: BucketSize, count: number) {
    const { state, store, answer } = lend(this.#bucket, policy, count, Date.now())
    this.#bucket = state
    if (store) {
      await this.ctx.storage.put(BUCKET, store)
      await this.#tidyLater()
    }
    return answer
  }

  async enter({ limit }: Pick<ConcurrencyPolicy, 'limit'>, id: string, ttlMs: number) {
    const now = Date.now()
    const { entered, expired } = this.#places.enter(limit, id, now + ttlMs, now)
    await this.#forget(expired)
    // Stored before the answer leaves: a place that a restart forgot would be given twice.
    if (entered) await this.ctx.storage.put(PLACE + id, now + ttlMs)
    if (entered) await this.#tidyLater()
    return { entered }
  }

  async leave(ids: readonly string[]) {
    await this.#forget(this.#places.leave(ids))
  }

  override async alarm() {
    this.#tidies = false
    const now = Date.now()
    await this.#forget(this.#places.expire(now))
    const stored = await this.ctx.storage.get<StoredBucket>(BUCKET)
    if (this.#places.size > 0 || (stored && stored.fullAt > now)) return this.#tidyLater()
    this.#bucket = recall(undefined, now)
    await this.ctx.storage.deleteAll()
  }

  async #forget(ids: readonly string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += MAX_DELETE) {
      await this.ctx.storage.delete(ids.slice(i, i + MAX_DELETE).map((id) => PLACE + id))
    }
  }

  async #tidyLater(): Promise<void> {
    if (this.#tidies) return
    this.#tidies = true
    await this.ctx.storage.setAlarm(Date.now() + TIDY_MS)
  }
}
