import { putNewest } from '@orchestrator/shared/core/put-newest'

/** How long an address is kept out once it used up its failures, ms. As long as the period of the rate-limit binding. */
export const BLOCK_MS = 60_000
/** How long one verified request speaks for its address, ms. */
export const BELIEVED_MS = 600_000
/** Addresses remembered in an isolate; the oldest are forgotten first, so that a flood from many cannot fill it. */
const MAX_BLOCKED = 10_000

/**
 * Who has failed too often lately, as this isolate knows it. The count itself is the platform's rate-limit binding, which counts
 * failures only: who succeeds is never slowed down, and what is refused here costs neither a body nor a hash. Senders share
 * addresses among their customers, so one that was believed lately is not blocked for what others send from there.
 */
export class FailureBlocks {
  readonly #until = new Map<string, number>()
  readonly #believed = new Map<string, number>()

  /** ms until the next try is worth it; 0: not blocked. */
  remainingMs(key: string, now: number): number {
    const until = this.#until.get(key)
    if (until === undefined) return 0
    if (until > now) return until - now
    this.#until.delete(key)
    return 0
  }

  /** Keeps an address out, unless it was believed lately. */
  block(key: string, now: number): void {
    if (now - (this.#believed.get(key) ?? Number.NEGATIVE_INFINITY) < BELIEVED_MS) return
    putNewest(this.#until, key, now + BLOCK_MS, MAX_BLOCKED)
  }

  /** A request of this address was verified. */
  believe(key: string, now: number): void {
    this.#until.delete(key)
    putNewest(this.#believed, key, now, MAX_BLOCKED)
  }
}
