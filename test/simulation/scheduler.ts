import type { Rng } from './random.ts'

interface Event {
  at: number
  /** Who goes first of those at the same moment. */
  order: number
  run: (() => void) | null
}

const realImmediate = setImmediate

/**
 * Virtual time. Whatever waits is an event here; between two events all promises run as far as they can. What happens at the
 * same moment happens in a random order.
 */
export class Scheduler {
  now: number
  readonly #rng: Rng
  /** Latest first. */
  readonly #events: Event[] = []

  constructor(now: number, rng: Rng) {
    this.now = now
    this.#rng = rng
  }

  /** Runs `work` in `ms`; the answer takes that back. */
  after(ms: number, work: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, ms), order: this.#rng.next(), run: work }
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (isLater(this.#events[middle] as Event, event)) low = middle + 1
      else high = middle
    }
    this.#events.splice(low, 0, event)
    return () => {
      event.run = null
    }
  }

  /** When the next event is, ms; `undefined` when nothing will ever happen. */
  get nextAt(): number | undefined {
    while (this.#events.length > 0 && this.#events.at(-1)?.run === null) this.#events.pop()
    return this.#events.at(-1)?.at
  }

  /** Lets the next event happen, and all that follows from it without waiting. */
  async step(): Promise<void> {
    if (this.nextAt === undefined) throw new Error('nothing will ever happen')
    const event = this.#events.pop()
    if (!event) return
    this.now = event.at
    event.run?.()
    await settled()
  }
}

/** When no promise can go on any more. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void realImmediate(resolve))
}

function isLater(one: Event, other: Event): boolean {
  return one.at > other.at || (one.at === other.at && one.order > other.order)
}
