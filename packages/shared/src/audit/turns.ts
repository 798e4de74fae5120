import type { Clock } from '../core/clock.ts'

/** Whoever holds a turn for longer than this is overtaken: a request may end without giving it back, ms. */
const MAX_HELD_MS = 1_000
/** Whoever waits longer than this goes on without a turn, ms. */
const MAX_WAIT_MS = 8_000
/** All that wait look, taken together, about this often, ms. */
const LOOK_EVERY_MS = 5

/**
 * Writers of one isolate take turns: those who append at once would only take the next sequence away from one another, again and again.
 * It spares tries, and nothing depends on it: the sequence stays the lock, also among isolates. Data only, since no promise may be shared
 * between requests: who waits looks from time to time.
 */
export class Turns {
  #heldSince: number | null = null
  #holder = 0
  #last = 0
  #waiting = 0
  readonly #now: Clock

  constructor(now: Clock) {
    this.#now = now
  }

  /** Waits for a turn; `wait` sleeps about as many ms as it is told. The answer gives the turn back. */
  async take(wait: (ms: number) => Promise<void>): Promise<() => void> {
    const since = this.#now()
    this.#waiting++
    try {
      while (this.#isHeld() && this.#now() - since < MAX_WAIT_MS) await wait(this.#waiting * LOOK_EVERY_MS)
    } finally {
      this.#waiting--
    }
    const mine = ++this.#last
    this.#holder = mine
    this.#heldSince = this.#now()
    return () => {
      if (this.#holder === mine) this.#heldSince = null
    }
  }

  #isHeld(): boolean {
    return this.#heldSince !== null && this.#now() - this.#heldSince < MAX_HELD_MS
  }
}
