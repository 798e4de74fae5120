/** Calls in flight: who holds one of the places, and until when he is believed to. Ids are the holders' own; times in ms. */
export class Places {
  readonly #until: Map<string, number>

  constructor(held: Iterable<readonly [id: string, until: number]> = []) {
    this.#until = new Map(held)
  }

  get size(): number {
    return this.#until.size
  }

  /**
   * Takes a place, where there is one. `expired` are holders who never left; they are looked for only when it is full, so a free
   * place costs no walk through all of them. The same id again is the same place: its answer was lost.
   */
  enter(limit: number, id: string, until: number, now: number): { entered: boolean; expired: string[] } {
    const known = this.#until.has(id)
    const expired = !known && this.#until.size >= limit ? this.expire(now) : []
    const entered = known || this.#until.size < limit
    if (entered) this.#until.set(id, until)
    return { entered, expired }
  }

  /** Gives places back; answers the ids that held one. */
  leave(ids: readonly string[]): string[] {
    return ids.filter((id) => this.#until.delete(id))
  }

  /** Takes the places of those who never left. */
  expire(now: number): string[] {
    const expired = [...this.#until].flatMap(([id, until]) => (until <= now ? [id] : []))
    return this.leave(expired)
  }
}
