export interface LabEvent {
  at: number
  run: () => Promise<void>
}

/** What is to happen, in order of time; of what is due at the same time, the first added comes first. A binary heap. */
export class EventQueue {
  readonly #heap: (LabEvent & { n: number })[] = []
  #added = 0

  add(at: number, run: () => Promise<void>): void {
    const heap = this.#heap
    heap.push({ at, run, n: this.#added++ })
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1
      if (!this.#swapIfBefore(i, parent)) return
      i = parent
    }
  }

  /** The next event; `undefined` when there is none. */
  take(): LabEvent | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    heap[0] = last
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      const least = right < heap.length && this.#isBefore(right, left) ? right : left
      if (least >= heap.length || !this.#swapIfBefore(least, i)) return first
      i = least
    }
  }

  #isBefore(i: number, j: number): boolean {
    const [a, b] = [this.#heap[i]!, this.#heap[j]!]
    return a.at < b.at || (a.at === b.at && a.n < b.n)
  }

  #swapIfBefore(i: number, j: number): boolean {
    if (!this.#isBefore(i, j)) return false
    const heap = this.#heap
    ;[heap[i], heap[j]] = [heap[j]!, heap[i]!]
    return true
  }
}
