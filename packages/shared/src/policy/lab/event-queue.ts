export interface LabEvent {
  at: number
  run: () => Promise<void>
}

/** What is to happen, in order of time; of what is due at the same time, the first added comes first. */
export class EventQueue {
  /** Latest first. */
  readonly #events: LabEvent[] = []

  add(at: number, run: () => Promise<void>): void {
    let [low, high] = [0, this.#events.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#events[middle]!.at > at) low = middle + 1
      else high = middle
    }
    this.#events.splice(low, 0, { at, run })
  }

  /** The next event; `undefined` when there is none. */
  take(): LabEvent | undefined {
    return this.#events.pop()
  }
}
